import { type Script, sh } from "../shell/script.ts";

/**
 * Ends a session's shell and everything that it started: its descendants, and the members of its process session,
 * which includes children whose parents have gone. Parents go first, so that no shell reaches its next command; after
 * two seconds what is left is killed. Prints how many processes had to be killed.
 */
export function endProcesses(pid: number): Script {
  return sh`
root=${pid}
# one line a process: pid parent session
list() {
  if [ -r /proc/self/stat ]; then
    for f in /proc/[0-9]*/stat; do
      { read -r line <"$f"; } 2>/dev/null || continue
      set -- \${line##*) }; echo "\${line%% *} $2 $4"
    done
  else ps -A -o pid= -o ppid= -o sess= 2>/dev/null || ps -A -o pid= -o ppid=; fi
}
processes=$(list)
session=$(echo "$processes" | while read -r p parent s; do [ "$p" != "$root" ] || echo "$s"; done)
found=" $root "; grew=1
while [ "$grew" = 1 ]; do
  grew=0
  while read -r p parent s; do
    case $found in *" $p "*) continue ;; esac
    case $found in *" $parent "*) found="$found$p "; grew=1 ;; esac
  done <<EOF
$processes
EOF
done
if [ -n "$session" ] && [ "$session" != 0 ]; then
  while read -r p parent s; do
    [ "$s" = "$session" ] || continue
    case $found in *" $p "*) ;; *) found="$found$p " ;; esac
  done <<EOF
$processes
EOF
fi
left() { for p in $found; do [ "$p" = 1 ] || ! kill -0 "$p" 2>/dev/null || state "$p"; done; }
# a zombie is gone, only not yet buried
state() { { read -r line <"/proc/$1/stat"; } 2>/dev/null || { echo "$1"; return; }; case \${line##*) } in Z*) ;; *) echo "$1" ;; esac; }
for p in $found; do [ "$p" = 1 ] || kill -TERM "$p" 2>/dev/null; done
tries=0
while [ -n "$(left)" ] && [ $tries -lt 20 ]; do tries=$((tries + 1)); sleep 0.1 2>/dev/null || sleep 1; done
killed=0
for p in $(left); do kill -KILL "$p" 2>/dev/null && killed=$((killed + 1)); done
echo "$killed"`;
}
