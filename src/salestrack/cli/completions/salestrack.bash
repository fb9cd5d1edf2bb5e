# Completion of salestrack and strk for bash: eval "$(salestrack completion bash)" in ~/.bashrc
_salestrack() {
    local how word IFS=$'\n'
    COMPREPLY=()
    {
        read -r how
        while read -r word; do COMPREPLY+=("$word"); done
    } < <(command "$1" --complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" "$COMP_TYPE" 2>/dev/null)
    if [[ $how == files ]]; then
        compopt -o filenames 2>/dev/null
        while read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$2")
    elif [[ $how == nospace ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _salestrack salestrack strk
