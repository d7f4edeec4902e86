#!/usr/bin/env bash
# Root filesystems and the offline package repository of the lab; called by lab.sh.
# The steps marked (net) fetch packages with the system's own apt.
set -euo pipefail
umask 022
: "${RCM_LAB_DIR:?}" "${RCM_LAB_SUITE:=bookworm}"
ROOTS=$RCM_LAB_DIR/roots REPO=$RCM_LAB_DIR/repo/$RCM_LAB_SUITE CACHE=$RCM_LAB_DIR/cache
# No python on purpose: the product must not need it on a managed host.
PKGS=systemd,systemd-sysv,dbus,libpam-systemd,openssh-server,sudo,cron,opendoas,acl,iproute2,procps,netbase,kmod,mksh,tcsh,fish,busybox-static
[ "$RCM_LAB_SUITE" != bullseye ] || PKGS=${PKGS/opendoas/doas}
[ -n "${RCM_LAB_PKGS:-}" ] && PKGS=$PKGS,$RCM_LAB_PKGS
KEY=$RCM_LAB_SUITE-$(printf '%s\n' "$PKGS" | cat - "${BASH_SOURCE[0]}" | sha256sum | cut -c1-10)

asroot() { unshare --mount --pid --fork --kill-child "$@"; }   # with mounts of its own, which go with it

debs() {                                     # (net) debs PKG...: fetch and unpack into $CACHE/x/PKG
  mkdir -p "$CACHE/x"; local p
  for p in "$@"; do
    [ -e "$CACHE/x/$p/.done" ] && continue
    ( mkdir -p "$CACHE/dl" && cd "$CACHE/dl" && rm -f "${p}"_*.deb
      apt-get -qq download "$p" 2>/dev/null || { apt-get -qq update && apt-get -qq download "$p"; }
      rm -rf "$CACHE/x/$p"; mkdir -p "$CACHE/x/$p"; dpkg -x "${p}"_*.deb "$CACHE/x/$p"; rm -f "${p}"_*.deb; touch "$CACHE/x/$p/.done" )
  done
}

users() {                                    # users TREE (inside asroot): the accounts tests log in with
  local t=$1 u sh
  echo 'root:root-pw' | chroot "$t" chpasswd -c SHA512
  mkdir -p "$t/opt/bb"; ln -sf /bin/busybox "$t/opt/bb/sh"; echo /opt/bb/sh >>"$t/etc/shells"
  for u in admin:/bin/bash ops:/bin/bash dev:/bin/sh dora:/bin/bash mk:/bin/mksh tc:/bin/tcsh bb:/opt/bb/sh fi:/usr/bin/fish; do
    sh=${u#*:}; u=${u%%:*}
    chroot "$t" useradd -m -s "$sh" "$u"; echo "$u:$u-pw" | chroot "$t" chpasswd -c SHA512
  done
  echo 'ops ALL=(ALL) ALL' >"$t/etc/sudoers.d/lab"
  for u in admin mk tc bb fi; do echo "$u ALL=(ALL) NOPASSWD: ALL"; done >>"$t/etc/sudoers.d/lab"; chmod 440 "$t/etc/sudoers.d/lab"
  printf 'permit nopass dora as root\n' >"$t/etc/doas.conf"; chmod 400 "$t/etc/doas.conf"
  for u in root admin ops dev dora mk tc bb fi; do
    local h=$t/home/$u; [ $u = root ] && h=$t/root
    mkdir -p "$h/.ssh"; chmod 700 "$h/.ssh"; cp "$RCM_LAB_DIR/id_ed25519.pub" "$h/.ssh/authorized_keys"; chmod 600 "$h/.ssh/authorized_keys"
    chroot "$t" chown -R "$u:" "${h#"$t"}/.ssh"
  done
}

customise() {                                # customise TREE (inside asroot)
  local t=$1 u
  users "$t"
  rm -f "$t"/etc/ssh/ssh_host_*; : >"$t/etc/machine-id"; rm -f "$t/etc/hostname" "$t/etc/resolv.conf"; : >"$t/etc/resolv.conf"
  for u in console-getty.service getty@tty1.service getty@tty0.service serial-getty@ttyS0.service apt-daily.timer apt-daily-upgrade.timer \
      dpkg-db-backup.timer e2scrub_all.timer fstrim.timer systemd-timesyncd.service systemd-networkd-wait-online.service; do
    ln -sf /dev/null "$t/etc/systemd/system/$u"; done
  echo force-unsafe-io >"$t/etc/dpkg/dpkg.cfg.d/lab"
  rm -rf "$t"/etc/apt/sources.list "$t"/etc/apt/sources.list.d/*; echo 'deb [trusted=yes] file:/srv/rcm-apt ./' >"$t/etc/apt/sources.list"
  mkdir -p "$t/srv/rcm-apt" "$t/.old" "$t/var/log/journal"
  sed -i 's/^#\?Defaults.*requiretty//' "$t/etc/sudoers"; rm -rf "$t"/var/lib/apt/lists/*_*
}

build_debian() {                             # -> $ROOTS/debian-KEY
  local t=$ROOTS/debian-$KEY; [ -e "$t.done" ] && return
  mkdir -p "$ROOTS"; local tmp; tmp=$(mktemp -d -p "$([ "$(df -Pk /dev/shm | awk 'NR==2{print $4}')" -gt 2000000 ] && echo /dev/shm || echo /var/tmp)" rcm-lab.XXXXXX)
  chmod 755 "$tmp"
  # (net)
  TMPDIR=$tmp mmdebstrap -q --variant=apt --include="$PKGS" \
    --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    "$RCM_LAB_SUITE" "$tmp/base.tar" ${RCM_LAB_MIRROR:+"$RCM_LAB_MIRROR"}
  asroot rm -rf "$t"; mkdir -p "$t"
  asroot tar -C "$t" --exclude='./dev/*' -xf "$tmp/base.tar"; rm -rf "$tmp"
  asroot bash "${BASH_SOURCE[0]}" __customise "$t"
  touch "$t.done"
}

build_busybox() {                            # -> $ROOTS/busybox-KEY: no glibc tools, no bash, no sudo, no sftp-server, dropbear
  local t=$ROOTS/busybox-$KEY; [ -e "$t.done" ] && return
  debs busybox-static dropbear-bin libtomcrypt1 libtommath1 libgmp10 libcrypt1 zlib1g libc6
  asroot rm -rf "$t"; asroot bash "${BASH_SOURCE[0]}" __busybox "$t"; touch "$t.done"
}
busybox_tree() {
  local t=$1 a u x=$CACHE/x; mkdir -p "$t"/{bin,sbin,usr/bin,usr/sbin,lib/x86_64-linux-gnu,lib64,etc/dropbear,root/.ssh,home/dev/.ssh,tmp,var/log,var/run,var/lib,dev,proc,sys,run,mnt,srv,.old}
  cp "$x/busybox-static/bin/busybox" "$t/bin/"; cp "$x"/dropbear-bin/usr/{sbin/dropbear,bin/dropbearkey} "$t/usr/sbin/"
  for a in $("$t/bin/busybox" --list-full); do [ -e "$t/$a" ] || ln -s /bin/busybox "$t/$a"; done
  cp -L "$x"/{libtomcrypt1,libtommath1,libgmp10}/usr/lib/*/lib*.so.[0-9]* "$x"/{libcrypt1,zlib1g,libc6}/lib/x86_64-linux-gnu/lib{crypt,z,c,util,nss_files}.so.[0-9] "$t/lib/x86_64-linux-gnu/" 2>/dev/null || true
  cp -L "$x"/libc6/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$t/lib64/"
  printf 'root:x:0:0:root:/root:/bin/sh\ndev:x:1000:1000::/home/dev:/bin/sh\n' >"$t/etc/passwd"
  printf 'root:x:0:\ndev:x:1000:\n' >"$t/etc/group"; printf 'root:*:19000:0:99999:7:::\ndev:*:19000:0:99999:7:::\n' >"$t/etc/shadow"
  printf '/bin/sh\n' >"$t/etc/shells"; printf 'ID=busybox\nNAME="BusyBox lab host"\nVERSION_ID=1\n' >"$t/etc/os-release"
  printf '::respawn:/usr/sbin/dropbear -F -E -r /etc/dropbear/key\n::shutdown:/bin/sync\n' >"$t/etc/inittab"
  for u in root home/dev; do cp "$RCM_LAB_DIR/id_ed25519.pub" "$t/$u/.ssh/authorized_keys"; chmod 700 "$t/$u" "$t/$u/.ssh"; chmod 600 "$t/$u/.ssh/authorized_keys"; done
  chown -R 1000:1000 "$t/home/dev"; chmod 1777 "$t/tmp"; chmod 600 "$t/etc/shadow"
}

mkdeb() {                                    # mkdeb NAME VERSION [Field: value]... ; control scripts and data from $w
  local n=$1 v=$2; shift 2; mkdir -p "$w/DEBIAN"
  { printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: lab <lab@localhost>\nDescription: lab test package\n' "$n" "$v"; [ $# = 0 ] || printf '%s\n' "$@"; } >"$w/DEBIAN/control"
  dpkg-deb --root-owner-group -Znone --build "$w" "$REPO/${n}_${v}_all.deb" >/dev/null; rm -rf "${w:?}"/*
}
build_repo() {                               # small packages made here: upgrade, downgrade, conffile, service, failing script, dependencies
  # whatever packages a root has besides, the repository is the same: hosts that are up go on using it
  local key; key=$(sha256sum <"${BASH_SOURCE[0]}" | cut -c1-10); [ -e "$REPO/.done-$key" ] && return
  mkdir -p "$REPO"; rm -f "$REPO"/.done-* "$REPO"/rcm-*.deb; local w v; w=$(mktemp -d)
  for v in 1.0 1.1 2.0; do mkdir -p "$w/usr/bin"; printf '#!/bin/sh\necho rcm-demo %s\n' $v >"$w/usr/bin/rcm-demo"; chmod 755 "$w/usr/bin/rcm-demo"; mkdeb rcm-demo $v; done
  for v in 1.0 2.0; do mkdir -p "$w/etc" "$w/DEBIAN"; echo "version=$v" >"$w/etc/rcm-conf.conf"; echo /etc/rcm-conf.conf >"$w/DEBIAN/conffiles"; mkdeb rcm-conf $v; done
  mkdir -p "$w/lib/systemd/system" "$w/DEBIAN"; printf '[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n' >"$w/lib/systemd/system/rcm-svc.service"
  printf '#!/bin/sh\n[ -d /run/systemd/system ] || exit 0\nsystemctl daemon-reload; systemctl enable --now rcm-svc\n' >"$w/DEBIAN/postinst"; printf '#!/bin/sh\n[ -d /run/systemd/system ] || exit 0\nsystemctl disable --now rcm-svc\n' >"$w/DEBIAN/prerm"; chmod 755 "$w"/DEBIAN/*; mkdeb rcm-svc 1.0
  mkdir -p "$w/DEBIAN"; printf '#!/bin/sh\necho "rcm-broken: cannot configure" >&2; exit 7\n' >"$w/DEBIAN/postinst"; chmod 755 "$w/DEBIAN/postinst"; mkdeb rcm-broken 1.0
  mkdeb rcm-meta 1.0 'Depends: rcm-demo (>= 2.0), rcm-conf'; mkdeb rcm-unmet 1.0 'Depends: no-such-package'; mkdeb rcm-clash 1.0 'Conflicts: rcm-demo'
  mkdir -p "$w/DEBIAN"; printf '#!/bin/sh\nsleep 5\n' >"$w/DEBIAN/postinst"; chmod 755 "$w/DEBIAN/postinst"; mkdeb rcm-slow 1.0
  rm -rf "$w"; index; touch "$REPO/.done-$key"
}
index() { ( cd "$REPO" && for f in *.deb; do dpkg-deb -f "$f"; printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$f" "$(stat -c %s "$f")" "$(sha256sum "$f" | cut -d' ' -f1)"; done >Packages
  printf 'Suite: lab\nDate: %s\nSHA256:\n %s %s Packages\n' "$(date -Ru | sed 's/+0000/UTC/')" "$(sha256sum Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" >Release ); }

cmd=${1:?}; shift
case $cmd in
  key) echo "$KEY";;
  debian) build_repo; build_debian;;
  busybox) build_busybox;;
  __customise) customise "$@";;
  __busybox) busybox_tree "$@";;
  *) echo "mkroot.sh: unknown command $cmd" >&2; exit 2;;
esac
