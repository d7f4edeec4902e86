# Completion of rcm for bash 4 or newer. In ~/.bashrc: source <(rcm completion bash)
_rcm() {
  local rest=${COMP_LINE:0:COMP_POINT} words=() word first line i
  # bash cuts words at "=" and ":" as well: what has no blank between it in the line is one word.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((i == 0)) || [[ $rest == [[:blank:]]* ]]; then
      rest=${rest#"${rest%%[![:blank:]]*}"}
      words+=("")
    fi
    [[ $rest == "$word"* ]] || word=$rest # the cursor stands in the middle of it
    rest=${rest#"$word"}
    words[${#words[@]} - 1]+=$word
  done
  words=("${words[@]//[\"\'\\]/}")
  local current=${words[${#words[@]} - 1]}
  # Of the current word bash replaces only what comes after the last place where it cuts; a "@" there it keeps.
  local kept=${current%"${current##*[${COMP_WORDBREAKS//@/}]}"}
  COMPREPLY=()
  {
    read -r first
    while IFS= read -r line; do
      line=${line%%$'\t'*}
      line=${line#"$kept"}
      if [[ $line == ?*= ]]; then word=$(printf %q= "${line%=}"); else word=$(printf %q "$line"); fi
      COMPREPLY+=("$word")
    done
  } < <(rcm __complete "${words[@]:1}" 2>/dev/null)
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
  if [[ $first == [0-9]* ]]; then
    local before=${current:0:first}
    compopt -o filenames # which quotes them, and puts a slash after folders
    while IFS= read -r line; do
      COMPREPLY+=("${before#"$kept"}$line")
    done < <(compgen -f -- "${current:first}")
  fi
}
complete -F _rcm rcm
