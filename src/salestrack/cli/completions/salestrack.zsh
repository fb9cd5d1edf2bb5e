# Completion of salestrack and strk for zsh: eval "$(salestrack completion zsh)" in ~/.zshrc, after compinit.
# Without it zsh takes the brackets and stars of a note for patterns of file names; remove the # to stop that:
# alias strk='noglob strk' salestrack='noglob salestrack'
_salestrack() {
    local line
    local -a before values shown
    before=("${(@Q)words[2,CURRENT-1]}")
    for line in "${(@f)$(command "$words[1]" --complete zsh "${before[@]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        if [[ $line == ':files' ]]; then
            _files
            return
        fi
        [[ -z $line ]] && continue
        values+=("${line%%$'\t'*}")
        if [[ $line == *$'\t'?* ]]; then
            shown+=("${line/$'\t'/  -- }")
        else
            shown+=("${line%%$'\t'*}")
        fi
    done
    (( $#values )) || return 1
    if [[ ${values[1]} == *= && $#values -eq 1 ]]; then
        compadd -S '' -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]} l:|=* r:|=*' -l -d shown -a values
    else
        compadd -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]} l:|=* r:|=*' -l -d shown -a values
    fi
}
compdef _salestrack salestrack strk
