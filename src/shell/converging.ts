/** Exit status of a property's body that has found something else than what it was to change. */
export const STALE = 75;
/** Exit status of a property's body that waits for something to be computed. */
export const HELD = 76;
/** Exit status of a property's body that has changed something. */
export const CHANGED = 77;

/**
 * What the bodies of properties are made of.
 *
 * - `rcm_see I PROBE HOW` looks at property I; HOW is `look` for a question of its own kind, see looks.ts, `exact` for a
 *   value to the last byte. `rcm_want VALUE` and `rcm_want_sum LENGTH SHA256`: is it what it should be?
 * - `rcm_text I SCRIPT` reports what is shown of the value.
 * - `rcm_bring I APPLY [PROBE]` brings about what was asked for last, unless something before it is on hold, and looks again.
 * - `rcm_tell SCRIPT` prints the step's output.
 * - `rcm_holds I TEST`, and `rcm_holds_here` for a test of `sh.inline`: is it right without being looked at?
 * - `rcm_end` comes last and gives the body's status.
 *
 * After the others `rcm_go` tells whether the body goes on. They are not called in a condition: that would take `set -e`
 * away from what modules wrote, which is evaluated in subshells.
 */
export const CONVERGING = `
rcm_go() { return $rcm_a; }
rcm_see() {
  rcm_p=$2 rcm_how=\${3:-plain}
  rcm_look "$2"
  [ $rcm_a != 0 ] || rcm_record "$1" was "$rcm_v"
}
rcm_look() {
  rcm_a=0
  case $rcm_how in
    look) if eval "rcm_recall $1"; then return; fi; rcm_v=$(eval "$1") ;;
    exact) rcm_v=$(rcm_exact "$1") ;;
    *) rcm_v=$(eval "$1") ;;
  esac
  rcm_a=$?
  # A probe may say no by its status; a command that is not there is an error.
  [ $rcm_a -ge 126 ] || rcm_a=0
  [ $rcm_how != exact ] || rcm_v=\${rcm_v%x}
}
rcm_exact() { ( eval "$1" ); rcm_a=$?; printf x; return $rcm_a; }
rcm_want() { rcm_w=$1 rcm_hash=; rcm_right; }
rcm_want_sum() { rcm_w=$1 rcm_hash=$2; rcm_right; }
rcm_right() {
  if [ -z "$rcm_hash" ]; then [ "x$rcm_v" = "x$rcm_w" ]; return; fi
  # Where the length differs, no program has to be started.
  [ -z "$rcm_w" ] || [ \${#rcm_v} = $rcm_w ] || return
  [ "$(rcm_put "$rcm_v" | sha256sum | cut -c1-64)" = $rcm_hash ]
}
rcm_text() {
  rcm_mark "r $1 text"; rcm_flush
  ( set -e; eval "$2" ); rcm_a=$?
  rcm_mark o
}
rcm_bring() {
  rcm_a=0
  [ $rcm_hold = 0 ] || return 0
  rcm_changing
  rcm_record "$1" applying ''; rcm_flush
  ( set -e; eval "$2" ); rcm_a=$?
  # What a module's own programs end with must not be taken for one of our words.
  case $rcm_a in 0) ;; ${STALE} | ${HELD} | ${CHANGED}) rcm_a=1; return ;; *) return ;; esac
  if [ $# = 3 ]; then rcm_p=$3; [ $rcm_how = exact ] || rcm_how=plain; fi
  rcm_look "$rcm_p"
  [ $rcm_a = 0 ] || return
  rcm_record "$1" now "$rcm_v"
  if rcm_right; then rcm_did=1; else rcm_a=1; fi
}
rcm_tell() {
  rcm_a=0
  if [ $rcm_hold = 0 ]; then rcm_flush; ( set -e; eval "$1" ); rcm_a=$?; fi
}
rcm_holds() { ( eval "$2" ) >/dev/null 2>&1 || return; rcm_record "$1" holds ''; }
rcm_holds_here() { eval "$2" >/dev/null 2>&1 || return; rcm_record "$1" holds ''; }
rcm_end() {
  [ $rcm_hold = 0 ] || return ${HELD}
  if [ $rcm_did = 0 ] && rcm_changed; then rcm_record 0 did ''; rcm_did=1; fi
  [ $rcm_did = 0 ] || return ${CHANGED}
}`;
