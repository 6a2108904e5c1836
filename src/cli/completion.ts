/**
 * The scripts that shells load. They hold no commands: on each Tab they ask `claude-ops __complete -- WORDS`, so they fit
 * every version. Its first line says what follows: words with their meaning after a tab, or that paths are wanted.
 */
export const completionScripts = {
  bash: `# bash completion for claude-ops
_claude_ops() {
  # What readline will replace is $2; it may be the end of a word only.
  local current=$2 word kind value quoted prefix i
  local -a words=() lines=()
  [[ \${COMP_WORDS[0]##*/} == claude-session ]] && words=(session start)
  # bash cuts words at = : and @; put them together again.
  local glue=
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == [=:@]* && \${#words[@]} -gt 0 ]]; then
      words[-1]+=$word glue=1
    elif [[ $glue ]]; then
      words[-1]+=$word glue=
    else
      words+=("$word")
    fi
  done
  prefix=\${words[-1]%"$current"}
  mapfile -t lines < <(claude-ops __complete -- "\${words[@]}" </dev/null 2>/dev/null)
  kind=\${lines[0]-}
  COMPREPLY=()
  case $kind in
    files | dirs)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen "-\${kind:0:1}" -- "$current")
      ;;
    words)
      for value in "\${lines[@]:1}"; do
        value=\${value%%$'\\t'*}
        printf -v quoted %q "\${value#"$prefix"}"
        COMPREPLY+=("$quoted")
      done
      ;;
  esac
}
complete -F _claude_ops claude-ops claude-session
`,
  zsh: `#compdef claude-ops claude-session
_claude_ops() {
  local line value
  local -a typed lines described
  typed=("\${(@Q)words[2,CURRENT]}")
  [[ \${words[1]:t} == claude-session ]] && typed=(session start "\${typed[@]}")
  lines=("\${(@f)$(claude-ops __complete -- "\${typed[@]}" </dev/null 2>/dev/null)}")
  case \${lines[1]} in
    files | dirs)
      [[ \${typed[-1]} == --*=* ]] && compset -P '*='
      if [[ \${lines[1]} == dirs ]]; then _files -/; else _files; fi
      ;;
    words)
      for line in "\${(@)lines[2,-1]}"; do
        value=\${line%%$'\\t'*}
        described+=("\${value//:/\\\\:}\${\${line#$value}/$'\\t'/:}")
      done
      _describe -t values 'claude-ops' described
      ;;
  esac
}
if [[ \${funcstack[1]} == _claude-ops ]]; then
  _claude_ops "$@"
else
  compdef _claude_ops claude-ops claude-session
fi
`,
  fish: `# fish completion for claude-ops
function __claude_ops_complete
    set -l typed (commandline -opc) (commandline -ct)
    set -l words $typed[2..-1]
    if string match -q '*claude-session' -- $typed[1]
        set words session start $words
    end
    set -l lines (claude-ops __complete -- $words </dev/null 2>/dev/null)
    set -l current (commandline -ct)
    set -l prefix (string match -r -- '^--[^=]*=' $current; or echo)
    switch "$lines[1]"
        case files
            for path in (__fish_complete_path (string replace -- "$prefix" '' $current))
                echo -- $prefix$path
            end
        case dirs
            for path in (__fish_complete_directories (string replace -- "$prefix" '' $current) '')
                echo -- $prefix$path
            end
        case words
            printf '%s\\n' $lines[2..-1]
    end
end
complete -c claude-ops -f -a '(__claude_ops_complete)'
complete -c claude-session -f -a '(__claude_ops_complete)'
`,
};
