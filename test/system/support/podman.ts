/**
 * Makes podman work on a host of the lab, which is a container itself with a disk of layers, and gives it an image
 * `localhost/box:1` that holds BusyBox.
 */
export const PODMAN = `
printf '[storage]\\ndriver = "vfs"\\nrunroot = "/run/containers/storage"\\ngraphroot = "/var/lib/containers/storage"\\n' >/etc/containers/storage.conf
printf '[containers]\\nkeyring = false\\nseccomp_profile = "unconfined"\\npids_limit = 0\\ncgroups = "disabled"\\n' >/etc/containers/containers.conf
mkdir -p /srv/box/bin; cp /bin/busybox /srv/box/bin/; for name in sh sleep env; do ln -s busybox /srv/box/bin/$name; done
tar -C /srv/box -c . | podman import -q - box:1`;
