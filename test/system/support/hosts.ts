/** The lab's hosts by flavour. No two tests share one, so that they can run at the same time: rcm locks its hosts. */
const HOSTS = {
  systemd: [
    "reboot-root",
    "reboot-admin",
    "reboot-ops",
    "reboot-refused",
    "crash-down",
    "crash-early",
    "crash-waiting",
    "name",
    "become",
    "secrecy",
    "shells-login",
    "shells-sudo",
    "shells-session",
    "timeout-root",
    "timeout-sudo",
    "interrupt-root",
    "lost",
    "lost-interrupt",
    "accounts",
    "services",
    "settings",
  ],
  "systemd@trixie": ["trixie-reboot", "trixie-timeout", "trixie-interrupt"],
  light: ["light-reboot", "light-timeout", "light-other", "apt", "apt-repository", "package"],
  busybox: ["tiny-reboot", "tiny-become", "tiny-shells", "tiny-timeout", "tiny-interrupt", "tiny-modules"],
} as const;

/** Name of a host of the lab, which is also its name in inventories. */
export type HostName = (typeof HOSTS)[keyof typeof HOSTS][number];

/** All names in the order in which the lab numbers its hosts. */
export const HOST_NAMES: readonly HostName[] = Object.values(HOSTS).flat();

/** What `lab.sh up --mix` is told. */
export const MIX = Object.entries(HOSTS)
  .map(([flavour, names]) => `${flavour}:${names.length}`)
  .join(",");
