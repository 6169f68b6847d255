export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * Each script hands the words before the cursor to `profiler __complete -- WORDS…` (the last one is being written), which
 * prints a candidate a line, or `:files` or `:command N` where the shell itself knows better: file names, and the words of
 * the program to run, which begin at word N.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# profiler completion for bash
_profiler() {
    local cur words cword out
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n := cur words cword
    else
        cur=\${COMP_WORDS[COMP_CWORD]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    fi
    out=$("\${words[0]}" __complete -- "\${words[@]:1:cword}" 2>/dev/null) || return
    case $out in
        :files) compopt -o default; COMPREPLY=() ;;
        :command\\ *)
            if declare -F _command_offset >/dev/null; then
                _command_offset "\${out#:command }"
            else
                compopt -o default; mapfile -t COMPREPLY < <(compgen -c -- "$cur")
            fi ;;
        *) mapfile -t COMPREPLY <<<"$out" ;;
    esac
    [[ \${COMPREPLY[0]-} == '' ]] && COMPREPLY=()
    declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$cur"
    return 0
}
complete -F _profiler profiler
`,
  zsh: `#compdef profiler
# profiler completion for zsh
_profiler() {
    local -a found
    found=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
    case \${found[1]} in
        '') return 1 ;;
        :files) _files ;;
        ':command '*)
            shift \${found[1]#:command } words
            (( CURRENT -= \${found[1]#:command } ))
            _normal ;;
        *) compadd -- "\${found[@]}" ;;
    esac
}
if [[ \${funcstack[1]} == _profiler ]]; then _profiler "$@"; else compdef _profiler profiler; fi
`,
  fish: `# profiler completion for fish
function __profiler_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    switch "$found[1]"
        case ':files'
            __fish_complete_path (commandline -ct)
        case ':command *'
            set -l offset (string replace ':command ' '' -- $found[1])
            complete -C (string join ' ' -- (string escape -- $words[(math $offset + 1)..-1]))
        case '*'
            string join \\n -- $found
    end
end
complete -c profiler -f -a '(__profiler_complete)'
`,
};
