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
    "kitchen-killed",
  ],
  // The packages that no other host has: git and pip for their modules, and a real container engine.
  "systemd+git+python3-venv+podman+crun": ["modules", "secrets", "kitchen"],
  "systemd@trixie": ["trixie-reboot", "trixie-timeout", "trixie-interrupt"],
  light: ["light-reboot", "light-timeout", "light-other", "apt", "apt-repository", "package"],
  busybox: ["tiny-reboot", "tiny-become", "tiny-shells", "tiny-timeout", "tiny-interrupt", "tiny-modules"],
} as const;

/** Name of a host of the lab, which is also its name in inventories. */
export type HostName = (typeof HOSTS)[keyof typeof HOSTS][number];

/** With `RCM_TEST_HOSTS=name,accounts` no others are booted: for running single files. */
const ONLY = process.env.RCM_TEST_HOSTS?.split(",");

const WANTED = Object.entries(HOSTS)
  .map(([flavour, names]): readonly [string, readonly HostName[]] => [
    flavour,
    names.filter((name) => ONLY?.includes(name) ?? true),
  ])
  .filter(([, names]) => names.length > 0);

/** All names in the order in which the lab numbers its hosts. */
export const HOST_NAMES: readonly HostName[] = WANTED.flatMap(([, names]) => names);

/** What `lab.sh up --mix` is told. */
export const MIX = WANTED.map(([flavour, names]) => `${flavour}:${names.length}`).join(",");
