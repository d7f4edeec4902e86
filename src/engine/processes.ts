import { type Script, sh } from "../shell/script.ts";

/**
 * Ends a session's shell and everything that it started: its descendants, and the members of its process session,
 * which includes children whose parents have gone. The oldest go first, so parents before their children: no shell
 * reaches its next command. After two seconds what is left is killed, and looked for again, since it may have started
 * more in between.
 */
export function endProcesses(pid: number): Script {
  return sh`
root=${pid}
# a line a process, the oldest first, unless it is a zombie, which is gone and only not yet buried: pid parent session
list() { all | sort -k 4n -k 1n; }
all() {
  if [ -r /proc/self/stat ]; then
    for f in /proc/[0-9]*/stat; do
      { read -r line <"$f"; } 2>/dev/null || continue
      set -- \${line##*) }; [ "$1" = Z ] || echo "\${line%% *} $2 $4 \${20}"
    done
  else ps -A -o pid= -o ppid= -o sess= 2>/dev/null || ps -A -o pid= -o ppid=; fi
}
session=$(list | while read -r p parent s began; do [ "$p" != "$root" ] || echo "$s"; done)
known=" $root "
# sets found to what is there now of root's family, and adds it to known
family() {
  processes=$(list); found=; grew=1
  while [ "$grew" = 1 ]; do
    grew=0
    while read -r p parent s began; do
      [ -n "$p" ] && [ "$p" != 1 ] || continue
      case " $found" in *" $p "*) continue ;; esac
      case $known in *" $p "* | *" $parent "*) ;; *) [ "\${session:-0}" != 0 ] && [ "$s" = "$session" ] || continue ;; esac
      found="$found$p "; known="$known$p "; grew=1
    done <<EOF
$processes
EOF
  done
}
family
for p in $found; do kill -TERM "$p" 2>/dev/null; done
tries=0
while family; [ -n "$found" ] && [ $tries -lt 20 ]; do tries=$((tries + 1)); sleep 0.1 2>/dev/null || sleep 1; done
tries=0
while family; [ -n "$found" ] && [ $tries -lt 20 ]; do tries=$((tries + 1)); for p in $found; do kill -KILL "$p" 2>/dev/null; done; done
[ -z "$found" ]`;
}
