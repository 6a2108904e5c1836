import { takePlace } from "../runtime/take_place.ts";

/**
 * What a person at a terminal talks to after the login. The host's own sh waits at the prompt and for the session, so
 * that nothing of ours stays in memory and no crash of ours ends a login: whatever fails ends in a plain shell.
 * Arguments: the real shell, and the words that start us.
 */
export const script = String.raw`
shell=$1; shift
plain() { exec "$shell" -l; }
nth() { shift "$1"; echo "$1"; }
count() { echo $#; }
trap interrupted=yes INT
trap : QUIT
set -m
terminal=$(stty -g)
while :; do
  sessions=$(trap '' TSTP; exec "$@" --greet) || {
    [ $? -lt 126 ] || echo 'claude-shell: a plain shell, because the greeting crashed' >&2
    plain
  }
  while :; do
    interrupted= option= value=
    printf '> '
    read -r answer || {
      echo
      [ -z "$interrupted" ] || continue
      exit 0
    }
    case $answer in
      '') ;;
      s | shell) plain ;;
      q | quit | exit | logout) exit 0 ;;
      [1-9] | [1-9][0-9])
        [ "$answer" -le "$(count $sessions)" ] || { echo "There is no number $answer here."; continue; }
        option=--resume value=$(nth "$answer" $sessions) ;;
      *)
        option=--project value=$answer
        case $answer in
          '~') value=$HOME ;;
          '~/'*) value=$HOME/$(printf %s "$answer" | cut -c 3-) ;;
        esac
        [ -d "$value" ] || { echo "Not a number, s, or a directory that is there: $answer"; continue; } ;;
    esac
    break
  done
  if [ -z "$option" ]; then "$@" --start; else "$@" --start "$option" "$value"; fi
  status=$?
  while [ $status = 147 ] || [ $status = 148 ]; do
    stty "$terminal"
    interrupted=
    printf '\nThe session is stopped: Enter goes on, s is a plain shell, Ctrl-D ends it: '
    read -r answer || { [ -n "$interrupted" ] && continue; echo; exit 0; }
    if [ "$answer" = s ]; then "$shell" -l; else fg >/dev/null; status=$?; fi
  done
  if [ $status -gt 128 ]; then
    printf '\033[?1049l\033[?2004l\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?1004l\033[?25h\033[0m\r\n'
    echo "claude-shell: the session was ended by a signal, status $status"
  fi
  stty "$terminal"
  echo
done
`;

/** Becomes the menu. @throws Failure when this host has no /bin/sh */
export function becomeMenu(shell: string, self: readonly string[]): never {
  const words = ["-c", script, "claude-shell", shell, ...self];
  return takePlace({ file: "/bin/sh", name: "sh", words, env: { SHELL: shell } });
}
