import { CHANGED, CONVERGING, HELD } from "./converging.ts";
import { CLOSING, openingOf } from "./frame.ts";
import { LOOKS } from "./looks.ts";
import { PLACING } from "./placing.ts";
import { quote } from "./script.ts";

/** A step in a write can need no other that went so many before it. */
const PLACES = 1024;

/**
 * The function `rcm_put`, which prints a text. Texts may be secret, and longer than an argument: what prints them must
 * be built in. mksh has no such printf.
 */
const PUT = `rcm_put() { printf %s "$1"; }
if [ -n "\${KSH_VERSION-}" ]; then case $(type print 2>/dev/null) in *builtin*) rcm_put() { print -rn -- "$1"; } ;; esac; fi`;

/** What a session's shell is told first. */
export interface BootstrapOptions {
  /** Random hexadecimal text that marks the session's frames. */
  readonly nonce: string;
  /** Directory on the host where local files arrive. */
  readonly files: string;
  /** The one for long files; they lie beside the others where its own folder is not there. */
  readonly longFiles?: string | undefined;
  /** Name of the directory on the host where actions leave word that they have been run; undefined for none. */
  readonly receipts?: string | undefined;
}

/** The functions that every session's shell has. */
export function bootstrap({ nonce, files, longFiles = files, receipts }: BootstrapOptions): string {
  return [
    `rcm_head=${quote(openingOf(nonce))} rcm_tail=${quote(CLOSING)} RCM_FILES=${quote(files)} RCM_LONG=${quote(longFiles)}`,
    `[ -d "\${RCM_LONG%/*}" ] || RCM_LONG=$RCM_FILES; export RCM_FILES RCM_LONG`,
    // The path that sshd gives a user's non-interactive shell lacks these on many systems.
    "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH",
    FUNCTIONS,
    `rcm_k= rcm_r=${receipts === undefined ? "" : `/var/tmp/${receipts}; [ -d /var/tmp ] || rcm_r=/tmp/${receipts}`}`,
    // That on standard output comes last: who has heard it may close the line, and a shell that wrote to it would die.
    `rcm_mark_err h; rcm_mark "h $$"; rcm_flush`,
    "",
  ].join("\n");
}

/**
 * Every write wakes up the server and this side, so marks and values wait for each other: the end of a step goes out with
 * the beginning of the next one, which is there already, or else by the `rcm_flush` at the end of what was sent. What is
 * printed past them has to flush them first. In a subshell, which would forget them, they go out at once.
 */
const MARKS = `rcm_out= rcm_alone=
rcm_mark() { rcm_out=$rcm_out$rcm_head$1$rcm_tail; [ -z "$rcm_alone" ] || rcm_flush; }
rcm_record() { rcm_mark "r $1 $2$rcm_tail$3\${rcm_head}o"; }
rcm_flush() { [ -z "$rcm_out" ] || rcm_put "$rcm_out"; rcm_out=; }
rcm_mark_err() { rcm_put "$rcm_head$1$rcm_tail" >&2; }`;

/**
 * `rcm_step NUMBER KIND NEEDS CHANGED KEY WHERE BODY` runs a body, unless what it needs says otherwise: places of bodies that
 * were sent before it. Each leaves one letter behind: `u` it is well and unchanged, `c` it is well and has changed
 * something, `h` it is on hold, since the other side has to compute something first, `f` it has failed.
 *
 * With a KEY, the body leaves a receipt: `KEY.pid` names the shell that runs it, `KEY.rc` its exit status. One that has
 * a receipt is not run again; one that another shell is at is waited for. So an action whose answer was lost with the
 * line is not repeated. A property is looked at in any case; it leaves `KEY.did` when it begins to change something, so
 * that it is still known for a change when its answer was lost.
 *
 * WHERE is `rcm_apart`, a subshell, which `exit`, a syntax error or a changed variable cannot leave; or `rcm_here`, the
 * session's own shell, for a body that is known for doing nothing of the kind. Neither has a standard input, so that
 * `cat` cannot swallow what follows.
 */
const STEP = String.raw`
rcm_here() { eval "$1"; }
rcm_apart() { ( rcm_alone=y; rcm_here "$1" ); }
rcm_step() {
  rcm_hold=0 rcm_x=
  for rcm_d in $3; do eval "rcm_x=$rcm_x\${rcm_s_$rcm_d-f}"; done
  case $rcm_x in *f*) rcm_skip "$1" blocked f; return ;; *h*) rcm_hold=1 ;; esac
  if [ -n "$4" ]; then
    rcm_x=
    for rcm_d in $4; do eval "rcm_x=$rcm_x\${rcm_s_$rcm_d-f}"; done
    case $rcm_hold$rcm_x in *c* | 1*) ;; *h*) rcm_hold=1 ;; *) rcm_skip "$1" idle u; return ;; esac
  fi
  case "$rcm_hold $2" in "1 a"* | "1 q"*) rcm_skip "$1" held h; return ;; esac
  rcm_held=$rcm_hold rcm_did=0 rcm_key=$5 rcm_note=
  case $2 in p*) rcm_note=$5 rcm_key= ;; esac
  if [ -n "$rcm_key" ] && rcm_receipts && rcm_done "$rcm_key"; then
    rcm_mark "s $1 done $rcm_c"
  else
    rcm_mark "b $1"; rcm_flush
    $6 "$7" </dev/null
    rcm_c=$?
    case "$2 $6 $rcm_c" in p*" 0" | p*" rcm_here ${HELD}") ;; *) rcm_forget ;; esac
    if [ -n "$rcm_key" ] && [ "$rcm_k" = y ]; then echo $rcm_c >"$rcm_r/$rcm_key.rc"; fi
    rcm_mark "e $1 $rcm_c"
  fi
  case "$rcm_held $2 $rcm_c" in
    1* | "0 p ${HELD}" | "0 pi ${HELD}") rcm_x=h ;;
    "0 p ${CHANGED}" | "0 pi ${CHANGED}" | "0 a 0" | "0 ai 0") rcm_x=c ;;
    *" 0" | "0 pi "* | "0 ai "* | "0 qi "*) rcm_x=u ;;
    *) rcm_x=f ;;
  esac
  rcm_state "$1" $rcm_x
  rcm_mark_err "e $1"
}
# y: there are receipts. Nobody can guess the folder's name; if somebody else owns it all the same, there are none.
rcm_receipts() {
  case $rcm_k in y) return 0 ;; n) return 1 ;; esac
  rcm_k=n
  [ -n "$rcm_r" ] || return 1
  [ -O "$rcm_r" ] || mkdir -m 700 "$rcm_r" 2>/dev/null || return 1
  rcm_k=y; rcm_since $$; rcm_me="$$ $rcm_t"
}
# When a process began, in ticks since the boot; nothing where the system does not say. After a reboot a number is another's.
rcm_since() {
  rcm_t=
  { read -r rcm_t </proc/$1/stat; } 2>/dev/null || :
  set -- ${"$"}{rcm_t##*) }
  rcm_t=${"$"}{20-}
}
rcm_changing() { rcm_forget; [ -z "$rcm_note" ] || ! rcm_receipts || { echo >"$rcm_r/$rcm_note.did"; } 2>/dev/null || :; }
rcm_changed() { [ -n "$rcm_note" ] && [ -n "$rcm_r" ] && [ -e "$rcm_r/$rcm_note.did" ] && [ -O "$rcm_r" ]; }
rcm_done() {
  set -C
  if { echo $rcm_me >"$rcm_r/$1.pid"; } 2>/dev/null; then set +C; return 1; fi
  set +C
  rcm_flush
  read -r rcm_o <"$rcm_r/$1.pid"
  while ! [ -s "$rcm_r/$1.rc" ] && rcm_lives $rcm_o; do sleep 0.2 2>/dev/null || sleep 1; done
  [ -s "$rcm_r/$1.rc" ] && read -r rcm_c <"$rcm_r/$1.rc" && return 0
  echo $rcm_me >"$rcm_r/$1.pid"
  return 1
}
rcm_lives() { kill -0 "$1" 2>/dev/null && rcm_since "$1" && [ "$rcm_t" = "$2" ]; }
rcm_skip() { rcm_mark "s $1 $2"; rcm_mark_err "e $1"; rcm_state "$1" $3; }
# The places of states are used again: shells get slower with every variable.
rcm_state() { eval "rcm_s_$(($1 % ${PLACES}))=$2"; }`;

/** What scripts may call that are run by another shell than the session's. */
export const TOOLS = [PUT, LOOKS, PLACING].join("\n");

/** All that scripts may call. */
export const FUNCTIONS = [TOOLS, MARKS, CONVERGING, STEP].join("\n");

/** A body that is sent to a session, and on which others it depends. */
export interface Sending {
  readonly sequence: number;
  /** `property`: it may be probed while it is on hold; `action`: it may not, and running it is a change; `quiet`: it is none. */
  readonly kind: "property" | "action" | "quiet";
  /** A failure lets go on what needs it. */
  readonly ignoreErrors: boolean;
  /** Sequence numbers, in this session, of what must have gone well. */
  readonly needs: readonly number[];
  /** Unless empty: one of these must have changed something. */
  readonly changed: readonly number[];
  /** Name of its receipt; empty for none. */
  readonly key: string;
  /** It neither ends nor changes the shell that it runs in, so that the session's own can run it. */
  readonly isInline: boolean;
  readonly body: string;
}

/** The end of what is sent in one write: who knows what happens before the next one. */
export const LAST_LINE = "rcm_flush; rcm_forget\n";

/** The line that runs a body in a session. */
export function stepLine({
  sequence,
  kind,
  ignoreErrors,
  needs,
  changed,
  key,
  isInline,
  body,
}: Sending): string {
  const letters = `${kind[0]}${ignoreErrors ? "i" : ""}`;
  const [needed, changers] = [needs, changed].map((numbers) => numbers.map((n) => n % PLACES).join(" "));
  const conditions = `${sequence} ${letters} '${needed}' '${changers}' ${quote(key)}`;
  // A function, since quotes within quotes make a text long.
  if (isInline && kind === "property")
    return `rcm_b() {\n${body}\n}\nrcm_step ${conditions} rcm_here rcm_b\n`;
  return `rcm_step ${conditions} ${isInline ? "rcm_here" : "rcm_apart"} ${quote(body)}\n`;
}
