# Completion of rcm for fish. In ~/.config/fish/config.fish: rcm completion fish | source
function __rcm_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (rcm __complete $before[2..] "$current" 2>/dev/null)
    if test (count $lines) -gt 1
        printf '%s\n' $lines[2..]
    end
    if string match -qr '^[0-9]+$' -- "$lines[1]"
        set -l kept (string sub -l $lines[1] -- "$current")
        for path in (__fish_complete_path (string sub -s (math $lines[1] + 1) -- "$current"))
            printf '%s\n' "$kept$path"
        end
    end
end
complete -c rcm -e
complete -c rcm -f -a '(__rcm_complete)'
