/** Files over this many bytes are not shown as a diff; Ansible's limit. */
export const MAX_DIFF = 104_448;

/**
 * What scripts that put a file in place are made of; they run under `set -e`, in a subshell of their own. `rcm_open FILE
 * FOLLOW` makes `"$t"`, a private file in the folder of `"$d"`, where it is to go: the file itself, or with FOLLOW what a
 * link there points to. `rcm_fit MODE OWNER GROUP` gives it owner and permissions: those of the file it replaces, where none
 * are named. `rcm_settle` renames it.
 *
 * `rcm_fill SENT` gives it what a long file holds that was sent for it alone: without a copy, as another name of the same file,
 * where the two lie on one file system and a file that is made in the one place is as one from the other. Once it is in place,
 * `rcm_kept SENT FILE` finds that it is still what was sent, and takes the first name away.
 *
 * `rcm_read FILE` prints a text file that is to be edited, behind a `+`, or in one other character why there is none;
 * `rcm_diff FILE` prints it for people; `rcm_kind FILE` what lies there.
 */
export const PLACING = String.raw`
rcm_open() {
  d=$1
  case $d in */*) ;; *) d=./$d ;; esac
  if [ -n "${"$"}{2-}" ] && [ -L "$d" ]; then l=$(readlink -f "$d") || { echo "$d is a link that leads nowhere" >&2; exit 1; }; d=$l; fi
  if [ -d "$d" ]; then echo "$d is a directory" >&2; exit 1; fi
  if [ -e "$d" ] && ! [ -f "$d" ]; then echo "$d is not a regular file" >&2; exit 1; fi
  [ -d "${"$"}{d%/*}/" ] || mkdir -p "${"$"}{d%/*}/"
  t=$(mktemp "${"$"}{d%/*}/.rcm.XXXXXX"); trap 'rm -f "$t"' EXIT; trap 'exit 1' HUP INT TERM
}
rcm_fit() {
  # Without "who", chmod leaves out what the umask forbids. The mode comes last, since chown clears setuid.
  m==rw
  if [ -e "$d" ]; then
    s=$(stat -L -c '%a %u:%g' "$d" "$t"); m=${"$"}{s%% *} o=${"$"}{s#* }; o=${"$"}{o%%"$rcm_nl"*}
    [ "$o" = "${"$"}{s##* }" ] || chown "$o" "$t" 2>/dev/null || chgrp "${"$"}{o#*:}" "$t" 2>/dev/null || :
  fi
  [ -z "${"$"}{2-}" ] || chown "$2" "$t"
  [ -z "${"$"}{3-}" ] || chgrp "$3" "$t"
  chmod "${"$"}{1:-$m}" "$t"
}
rcm_fill() {
  # There may be a label of SELinux, a group, or a list of who may do what, that a file gets where it is made.
  if [ -O "$1" ] && [ -G "$1" ] && ! [ -g "${"$"}{d%/*}/" ] && ! [ -e /sys/fs/selinux/enforce ]; then
    case $(LC_ALL=C ls -ld "${"$"}{d%/*}/") in
      ??????????+*) ;;
      *) if ln -f "$1" "$t" 2>/dev/null; then return; fi ;;
    esac
  fi
  ( umask 077; cat "$1" >"$t" ) # some ln has removed it by then
}
rcm_kept() {
  if [ "$1" -ef "$2" ]; then rm -f "$1"; else cmp -s "$1" "$2" 2>/dev/null; fi
}
rcm_settle() { mv -f "$t" "$d"; trap - EXIT; }
rcm_read() {
  if [ -d "$1" ]; then printf d; elif ! [ -e "$1" ]; then printf -- -; elif ! [ -f "$1" ]; then printf o; elif ! [ -r "$1" ]; then printf r
  elif ! tr -d '\000' <"$1" | cmp -s - "$1"; then printf b; else printf +; cat "$1"; fi
}
rcm_diff() {
  [ -f "$1" ] || return 0
  if [ "$(wc -c <"$1")" -le ${MAX_DIFF} ]; then cat "$1"; else echo "(over ${MAX_DIFF} bytes)"; fi
}
rcm_kind() {
  if [ -L "$1" ]; then echo link; elif [ -d "$1" ]; then echo directory; elif [ -f "$1" ]; then echo file
  elif [ -e "$1" ]; then echo other; else echo absent; fi
}`;
