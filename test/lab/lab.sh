#!/usr/bin/env bash
# lab.sh: real SSH hosts on this machine for the test suite.  See README.md.
set -euo pipefail
umask 022
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${RCM_LAB_NAME:=rcml}"        # name of the uplink interface and of the cgroups; several labs may run side by side
: "${RCM_LAB_NET:=10.213}"       # a /16 that exists only inside the lab's own network namespaces
: "${RCM_LAB_SUITE:=bookworm}"
: "${RCM_LAB_UPPER:=tmpfs}"      # where hosts write: tmpfs (fast) or disk
: "${RCM_LAB_DIR:=/var/tmp/rcm-lab}"  # root file systems, the key, and the state of running labs
export RCM_LAB_NAME RCM_LAB_NET RCM_LAB_SUITE RCM_LAB_UPPER RCM_LAB_DIR
RUN=$RCM_LAB_DIR/run-$RCM_LAB_NAME
NET=$RCM_LAB_NET

die() { echo "lab.sh: $*" >&2; exit 1; }
usage() { cat <<'E'
usage: lab.sh COMMAND
  deps                      install the Debian packages the lab needs (root)
  up N [OPTIONS]            start hosts h1..hN and print the inventory; the same call again changes nothing
     --light                (default) Debian userland, own address/users/files/processes, sshd, no init system
     --systemd              the same with systemd as init: services, reboot, journal
     --busybox              8 MB BusyBox userland with dropbear: no bash, sudo, perl, python, sftp
     --mix F:N,F:N...       a mixture, e.g. systemd:2,systemd@trixie:1,light+git+curl:1,busybox:1
     --rtt MS --loss PCT    round-trip time and loss between the controller and every host
  down                      end every host and remove all they wrote
  inventory | ssh-config    print the inventory (YAML) or the path of a ready ssh_config
  ssh HOST [CMD...]         ssh to a host with the lab's key
  stop|start|reset HOST     power off at once | power on | throw away all changes and start
  cut|heal HOST             take the host's network link down | up
  status | clean            what runs | remove all cached root filesystems
E
exit 2; }

alive() {                                    # is the lab's process 1 (and not another process with its number) there?
  local p; [ -s "$RUN/init.pid" ] && p=$(cat "$RUN/init.pid") && [ "$(cut -d' ' -f22 "/proc/$p/stat" 2>/dev/null)" = "$(cat "$RUN/init.start")" ]
}
inlab() { nsenter -t "$(cat "$RUN/init.pid")" --mount --net --pid -- "$@"; }   # run in all of the lab's namespaces
ms() { echo $(( ($(date +%s%N) - $1) / 1000000 )); }
addr() { echo "$NET.$(( $1 / 240 )).$(( $1 % 240 + 10 ))"; }
mac() { printf '02:72:63:%02x:%02x:%02x' "$2" $(( $1 / 256 )) $(( $1 % 256 )); }
flavour() { cat "$RUN/h$1.flavour"; }
num() { local n=${1#h}; [ -e "$RUN/h$n.flavour" ] || die "no host $1"; echo "$n"; }

# ---------------------------------------------------------------- inside the lab's namespaces
cgroups() { awk '$3=="cgroup2"{print $2} $3=="cgroup" && $4~/name=systemd/{print $2}' /proc/self/mounts; }

dress() {                                    # files every host gets of its own, written before first boot
  local i=$1 f=$2 r=$T/h$1/root
  echo "h$i" >"$r/etc/hostname"
  cp "$RUN/hosts" "$r/etc/hosts"
  case $f in
    busybox) nsenter --net=/run/netns/h$i chroot "$r" /usr/sbin/dropbearkey -t ed25519 -f /etc/dropbear/key 2>/dev/null | grep ^ssh- >"$T/h$i/ssh_host_ed25519_key.pub";;
    *) [ -e "$T/h$i/ssh_host_ed25519_key" ] || ssh-keygen -q -t ed25519 -N '' -C "h$i" -f "$T/h$i/ssh_host_ed25519_key"
       cp "$T/h$i"/ssh_host_ed25519_key* "$r/etc/ssh/"
       tr -d - </proc/sys/kernel/random/uuid >"$r/etc/machine-id";;
  esac
  echo "$(addr "$i") $(cut -d' ' -f1-2 "$T/h$i/ssh_host_ed25519_key.pub")" >"$RUN/h$i.known"
}

LIGHT_BOOT='
set -e
cd "$1"
mount -t proc proc proc; mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs dev; mount -t tmpfs -o mode=755 tmpfs run; mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir dev/pts dev/shm run/sshd; mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
for d in null zero full random urandom tty; do : >dev/$d; mount --bind /dev/$d dev/$d; done
ln -s pts/ptmx dev/ptmx; ln -s /proc/self/fd dev/fd; ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout; ln -s fd/2 dev/stderr
mount --bind proc/sys proc/sys; mount --bind proc/sys/net proc/sys/net; mount -o remount,bind,ro proc/sys
[ -e proc/sysrq-trigger ] && mount --bind /dev/null proc/sysrq-trigger
cat /proc/sys/kernel/random/uuid >run/.boot_id; mount --bind run/.boot_id proc/sys/kernel/random/boot_id
[ -d srv/rcm-apt ] && mount --bind "$3" srv/rcm-apt
hostname "$(cat etc/hostname)"; : >run/utmp
mkdir -p .old; pivot_root . .old; cd /
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
umount -l /.old; rmdir /.old 2>/dev/null || true
[ "$2" = busybox ] && exec -c /bin/busybox init
exec env -i PATH="$PATH" /bin/sh -c "trap \"exit 0\" TERM; while :; do /usr/sbin/sshd -D -e & wait \$!; sleep 0.2; done"
'
boot_light() {                               # one boot; ends with 129 after reboot(2)
  nsenter --net=/run/netns/h$1 unshare --mount --uts --ipc --pid --fork --kill-child --propagation private \
    setpriv --bounding-set=-sys_time,-sys_module,-sys_rawio,-mknod,-syslog,-audit_control,-mac_admin,-mac_override,-wake_alarm,-block_suspend,-sys_resource \
    bash -c "$LIGHT_BOOT" light "$T/h$1/root" "$2" "$(cat "$RUN/h$1.repo")"
}
boot_systemd() {                             # one boot; ends with 133 after reboot
  local c; for c in $(cgroups); do mkdir -p "$c/$RCM_LAB_NAME/h$1"; echo 0 >"$c/$RCM_LAB_NAME/h$1/cgroup.procs"; done
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network exec systemd-nspawn -q -D "$T/h$1/root" -M "$RCM_LAB_NAME-h$1" --hostname="h$1" \
    --boot --network-namespace-path=/run/netns/h$1 --capability=CAP_NET_ADMIN --register=no --keep-unit --console=read-only \
    --link-journal=no --resolv-conf=off --timezone=off --bind-ro="$(cat "$RUN/h$1.repo"):/srv/rcm-apt"
}

host_boot() {                                # host_boot I: supervise until powered off
  local i=$1 f rc; f=$(flavour "$i")
  exec </dev/null >>"$RUN/h$i.log" 2>&1
  while :; do
    echo "--- boot $(date +%T.%3N)"; rc=0
    case $f in
      systemd) ( boot_systemd "$i" ) || rc=$?;;
      *) ( boot_light "$i" "$f" ) || rc=$?;;
    esac
    echo "--- ended rc=$rc"
    case $f/$rc in systemd/133|light/129|busybox/129) ;; *) break;; esac
  done
  rm -f "$RUN/h$i.sup"
}
host_start() {                               # host_start I: make what is missing and boot
  local i=$1 f d; f=$(flavour "$i") d=$T/h$1
  [ -e "$RUN/h$i.sup" ] && return
  if [ ! -e /run/netns/h$i ]; then
    ip netns add h$i
    ip link add v$i address "$(mac "$i" 1)" type veth peer name eth0 address "$(mac "$i" 0)" netns h$i
    { echo "link set lo up"; echo "link set eth0 up"; echo "addr add $(addr "$i")/16 dev eth0"; } | ip -n h$i -batch -
    ip link set v$i master br0 up
  fi
  ip link set v$i up; mkdir -p "$d/up" "$d/work" "$d/root"
  mountpoint -q "$d/root" || { mount -t overlay overlay -o "lowerdir=$(cat "$RUN/h$i.root"),upperdir=$d/up,workdir=$d/work" "$d/root"; dress "$i" "$f"; }
  echo starting >"$RUN/h$i.sup"
  host_boot "$i" & echo $! >"$RUN/h$i.sup"; disown
}
host_stop() {                                # pull the plug
  local i=$1 c p s; s=$(cat "$RUN/h$i.sup" 2>/dev/null) || return 0
  kill -STOP "$s" 2>/dev/null || true        # the supervisor must not boot it again
  for c in $(cgroups); do p=$c/$RCM_LAB_NAME/h$i/cgroup.kill; [ -e "$p" ] && echo 1 >"$p"; done
  for p in $(tree "$s"); do kill -KILL "$p" 2>/dev/null || true; done
  kill -KILL "$s" 2>/dev/null || true; rm -f "$RUN/h$i.sup"; ip link set v$i down
  for c in $(cgroups); do p=$c/$RCM_LAB_NAME/h$i; [ -d "$p" ] || continue
    until find "$p" -depth -type d -exec rmdir {} + 2>/dev/null; do sleep 0.01; done; done
  while nsenter --net=/run/netns/h$i grep -q ':0016 .* 0A' /proc/net/tcp; do sleep 0.01; done
}
tree() { local p; for p in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do tree "$p"; echo "$p"; done; }
host_reset() { local d=$T/h$1; host_stop "$1"; umount -l "$d/root" 2>/dev/null || true; rm -rf "${d:?}"; rm -f "$RUN/h$1.known"; host_start "$1"; }
host_listening() { nsenter --net=/run/netns/h$1 grep -q ':0016 .* 0A' /proc/net/tcp /proc/net/tcp6; }
host_wait() { local n=0; until host_listening "$1"; do sleep 0.02; n=$((n+1)); [ $n -lt 3000 ] && [ -e "$RUN/h$1.sup" ] || { echo "h$1 does not listen; see $RUN/h$1.log" >&2; return 1; }; done; }

holder() {                                   # process 1 of the lab: when it dies, the kernel removes everything
  local -a st; read -r -a st </proc/self/stat; local outer=${st[0]}
  mount --make-rprivate /; mount -t proc proc /proc; mount -t tmpfs -o mode=755 tmpfs /run; mkdir /run/netns
  [ "$RCM_LAB_UPPER" = tmpfs ] && mount -t tmpfs -o mode=755,size=75% tmpfs "$T"
  ip link set lo up; ip link add br0 type bridge; ip link set br0 up
  echo "${st[21]}" >"$RUN/init.start"; echo "$outer" >"$RUN/init.pid"
  until ip link show up0 >/dev/null 2>&1; do sleep 0.005; done
  ip link set up0 up
  if [ "$RTT" = 0 ] && [ "$LOSS" = 0 ]; then ip link set up0 master br0
  else
    ip link add d0 type veth peer name d1; ip link set d0 master br0 up; ip link set d1 up; ip link set up0 promisc on; ip link set d1 promisc on
    perl "$HERE/delay.pl" up0 d1 "$(awk "BEGIN{print $RTT/2}")" "$LOSS" &
  fi
  local i; for i in $(seq 1 "$N"); do host_start "$i"; done
  for i in $(seq 1 "$N"); do host_wait "$i"; done
  touch "$RUN/ready"
  while :; do sleep 1000000 & wait $! || true; done
}

# ---------------------------------------------------------------- commands
cmd_deps() {
  local p=() t
  for t in mmdebstrap:mmdebstrap systemd-nspawn:systemd-container ip:iproute2 ssh:openssh-client perl:perl-base; do
    command -v "${t%:*}" >/dev/null || p+=("${t#*:}"); done
  [ ${#p[@]} = 0 ] || { apt-get -qq -o DPkg::Lock::Timeout=300 update; DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${p[@]}" >/dev/null; }
}
inventory() {
  local i
  echo "# real hosts of the lab; ssh_config: $RUN/ssh_config"
  echo "known_hosts: $RUN/known_hosts"; echo "hosts:"
  for i in $(seq 1 "$(cat "$RUN/n")"); do
    printf '  h%s:\n    host: %s\n    port: 22\n    user: root\n    key: %s\n    flavour: %s\n' "$i" "$(addr "$i")" "$RCM_LAB_DIR/id_ed25519" "$(flavour "$i")"
  done
}
finish_up() {
  cat "$RUN"/h[0-9]*.known >"$RUN/known_hosts"
  { inventory | awk -v kh="$RUN/known_hosts" '/^  h/{sub(":","",$1); printf "Host %s\n  UserKnownHostsFile %s\n  IdentitiesOnly yes\n  BatchMode yes\n",$1,kh}
      $1=="host:"{print "  HostName",$2} $1=="port:"{print "  Port",$2} $1=="user:"{print "  User",$2} $1=="key:"{print "  IdentityFile",$2}'; } >"$RUN/ssh_config"
}
part() {                                     # part FLAVOUR[@SUITE][+PKG...]:N: sets f, suite and pkgs
  f=${1%:*} suite=$RCM_LAB_SUITE pkgs=${RCM_LAB_PKGS:-}
  case $f in *+*) pkgs=${f#*+} pkgs=${pkgs//+/,} f=${f%%+*};; esac
  case $f in *@*) suite=${f#*@} f=${f%@*};; esac
}
build_roots() {                              # build_roots MIX: every root file system it needs, side by side
  local part f suite pkgs kind job jobs=() seen=" "
  for part in ${1//,/ }; do part "$part"
    case $f in light|systemd) kind=debian;; busybox) kind=busybox;; *) die "unknown flavour $f";; esac
    case $seen in *" $kind@$suite+$pkgs "*) continue;; esac
    # those of one suite share its repository of packages
    case $seen in *" $kind@$suite+"*) for job in "${jobs[@]}"; do wait "$job" || die "cannot build a root file system"; done; jobs=();; esac
    seen+="$kind@$suite+$pkgs "
    RCM_LAB_SUITE=$suite RCM_LAB_PKGS=$pkgs "$HERE/mkroot.sh" "$kind" 9>&- >&2 & jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job" || die "cannot build a root file system"; done
}
cmd_up() {
  local mix="" f=light n="" rtt=0 loss=0 part i=0 spec suite pkgs key root
  while [ $# -gt 0 ]; do case $1 in
    --light|--systemd|--busybox) f=${1#--};;
    --mix) mix=$2; shift;; --rtt) rtt=$2; shift;; --loss) loss=$2; shift;;
    [0-9]*) n=$1;; *) usage;; esac; shift; done
  [ -n "$mix" ] || mix=$f:${n:?lab.sh up N}
  spec="$mix $RCM_LAB_SUITE rtt=$rtt loss=$loss upper=$RCM_LAB_UPPER"
  mkdir -p "$RCM_LAB_DIR"; exec 9>"$RCM_LAB_DIR/lock"; flock 9
  if [ -e "$RUN/ready" ] && [ "$(cat "$RUN/spec")" = "$spec" ] && alive; then
    for n in $(seq 1 "$(cat "$RUN/n")"); do [ -e "$RUN/h$n.sup" ] || power start "$n"; done
    inventory; return
  fi
  cmd_down
  [ -e "$RCM_LAB_DIR/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C rcm-lab -f "$RCM_LAB_DIR/id_ed25519"
  mkdir -p "$RUN/t"; echo "$spec" >"$RUN/spec"
  for part in ${mix//,/ }; do part "$part"
    key=$(RCM_LAB_SUITE=$suite RCM_LAB_PKGS=$pkgs "$HERE/mkroot.sh" key)
    case $f in busybox) root=$RCM_LAB_DIR/roots/busybox-$key;; *) root=$RCM_LAB_DIR/roots/debian-$key;; esac
    for _ in $(seq 1 "${part#*:}"); do i=$((i+1)); echo "$f" >"$RUN/h$i.flavour"; echo "$root" >"$RUN/h$i.root"; echo "$RCM_LAB_DIR/repo/$suite" >"$RUN/h$i.repo"; done; mkdir -p "$RCM_LAB_DIR/repo/$suite"
  done
  build_roots "$mix"
  echo $i >"$RUN/n"
  { echo "127.0.0.1 localhost"; for n in $(seq 1 $i); do echo "$(addr "$n") h$n"; done; } >"$RUN/hosts"
  # 50 systemds need more inotify instances than the usual 128 per user
  case $mix in *systemd*) [ "$(cat /proc/sys/fs/inotify/max_user_instances)" -ge 2048 ] || echo 8192 >/proc/sys/fs/inotify/max_user_instances;; esac
  setsid unshare --mount --net --pid --fork --kill-child --propagation private bash "$HERE/lab.sh" __holder "$i" "$rtt" "$loss" </dev/null >"$RUN/holder.log" 2>&1 9>&- &
  echo $! >"$RUN/holder.pid"; disown
  local t; t=$(date +%s%N); trap 'r=$?; [ -e "$RUN/ready" ] || { cp "$RUN"/*.log "$RCM_LAB_DIR/" 2>/dev/null; cmd_down; }; exit $r' EXIT
  until [ -s "$RUN/init.pid" ]; do kill -0 "$(cat "$RUN/holder.pid")" 2>/dev/null || die "$(cat "$RUN/holder.log")"; sleep 0.005; done
  ip link add "$RCM_LAB_NAME" address "$(mac 0 2)" type veth peer name up0 netns "$(cat "$RUN/init.pid")"
  ip addr add "$NET.0.1/16" dev "$RCM_LAB_NAME"; ip link set "$RCM_LAB_NAME" up
  # when the lab is down, its addresses must fail here and never leave by the default route
  ip route replace unreachable "$NET.0.0/16" metric 4278198272
  until [ -e "$RUN/ready" ]; do kill -0 "$(cat "$RUN/holder.pid")" 2>/dev/null || die "$(cat "$RUN/holder.log")"; [ "$(ms "$t")" -lt 400000 ] || die "hosts did not start: $(tail -n 5 "$RUN"/*.log)"; sleep 0.01; done
  finish_up; inventory
}

power() {                                    # power start|stop|reset I
  inlab bash "$HERE/lab.sh" __host "$1" "$2"; cat "$RUN"/h[0-9]*.known >"$RUN/known_hosts"
}

cmd_down() {
  [ -d "$RUN" ] || return 0
  local p c i
  ip link del "$RCM_LAB_NAME" 2>/dev/null || true
  if alive; then
    p=$(cat "$RUN/init.pid"); kill -KILL "$p" 2>/dev/null || true   # returns when all in the pid namespace are gone
    while grep -qs '^State:.[^Z]' "/proc/$p/status"; do sleep 0.005; done
  fi
  for c in $(cgroups); do [ -d "$c/$RCM_LAB_NAME" ] || continue
    for i in $(seq 1 500); do find "$c/$RCM_LAB_NAME" -depth -type d -exec rmdir {} + 2>/dev/null && break; sleep 0.01; done; done
  rm -rf "$RUN"
}
T=$RUN/t
c=${1:-}; [ -n "$c" ] || usage; shift
[ "$(id -u)" = 0 ] || die "this needs root"
case $c in
  deps) cmd_deps;;
  up) cmd_up "$@";;
  down) cmd_down;;
  inventory) [ -e "$RUN/ready" ] || die "the lab is down"; inventory;;
  ssh-config) echo "$RUN/ssh_config";;
  ssh) exec ssh -F "$RUN/ssh_config" "$@";;
  start|stop|reset) power "$c" "$(num "$1")";;
  cut) inlab ip link set "v$(num "$1")" down;;
  heal) inlab ip link set "v$(num "$1")" up;;
  status) if [ -e "$RUN/ready" ]; then echo "spec: $(cat "$RUN/spec")"; for i in $(seq 1 "$(cat "$RUN/n")"); do echo "h$i $(flavour "$i") $([ -e "$RUN/h$i.sup" ] && echo on || echo off)"; done; else echo down; fi;;
  clean) cmd_down; rm -rf "$RCM_LAB_DIR";;
  __holder) N=$1 RTT=$2 LOSS=$3; holder;;
  __host) "host_$1" "$2"; [ "$1" = stop ] || host_wait "$2";;
  *) usage;;
esac
