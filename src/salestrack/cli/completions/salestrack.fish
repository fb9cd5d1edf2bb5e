# Completion of salestrack and strk for fish: salestrack completion fish > ~/.config/fish/conf.d/salestrack.fish
function __salestrack_words
    set -l before (commandline -opc)
    set -l program $before[1]
    set -e before[1]
    set -l typed (commandline -ct)
    set -l word (string unescape -- "$typed" 2>/dev/null; or string trim --left --chars='"\'' -- "$typed")
    set -l found (command $program --complete fish $before "$word" 2>/dev/null)
    if test "$found[1]" = ':files'
        __fish_complete_path "$word"
    else
        printf '%s\n' $found
    end
end
complete -c salestrack -f -a '(__salestrack_words)'
complete -c strk -f -a '(__salestrack_words)'
