import { type Script, sh } from "../shell/script.ts";

/** What a host is. */
export interface Facts {
  /** `linux`, `darwin`, `freebsd` … */
  readonly os: string;
  /** `x86_64`, `aarch64` … */
  readonly arch: string;
  readonly kernel: string;
  readonly hostname: string;
  /** As the system names itself: `Debian GNU/Linux 12 (bookworm)`. */
  readonly osVersion: string;
  /** `debian`, `ubuntu`, `alpine`, `fedora` …; empty when unknown. */
  readonly distro: string;
  /** `12`, `22.04` …; empty when unknown. */
  readonly distroVersion: string;
  readonly distroFamily: "debian" | "redhat" | "alpine" | "arch" | "suse" | "macos" | "unknown";
  readonly cpus: number;
  readonly memoryMb: number;
  /** Changes with every boot; empty where the system has none. */
  readonly bootId: string;
  /** The user that scripts run as without `become`. */
  readonly user: string;
  readonly home: string;
}

/** Asks a host for its facts: one script, one answer, `name=value` lines. */
export const factsScript: Script = sh`
echo "os=$(uname -s)"; echo "arch=$(uname -m)"; echo "kernel=$(uname -r)"; echo "hostname=$(uname -n)"
if [ -r /etc/os-release ]; then
  ( . /etc/os-release; echo "osVersion=$PRETTY_NAME"; echo "distro=$ID"; echo "like=$ID_LIKE"; echo "distroVersion=$VERSION_ID" )
fi
echo "cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null)"
if [ -r /proc/meminfo ]; then while read -r name size _; do [ "$name" != MemTotal: ] || { echo "memoryKb=$size"; break; }; done </proc/meminfo
else echo "memoryBytes=$(sysctl -n hw.memsize 2>/dev/null)"; fi
if [ -r /proc/sys/kernel/random/boot_id ]; then read -r boot </proc/sys/kernel/random/boot_id; echo "bootId=$boot"
else echo "bootId=$(sysctl -n kern.bootsessionuuid 2>/dev/null || sysctl -n kern.boottime 2>/dev/null)"; fi
echo "user=$(id -un 2>/dev/null)"; echo "home=$HOME"`;

/** Reads what {@link factsScript} printed. */
export function parseFacts(text: string): Facts {
  const said = new Map<string, string>();
  for (const line of text.split("\n")) {
    const at = line.indexOf("=");
    if (at > 0) said.set(line.slice(0, at), line.slice(at + 1));
  }
  const get = (name: string): string => said.get(name) ?? "";
  const os = get("os").toLowerCase();
  return Object.freeze({
    os,
    arch: get("arch"),
    kernel: get("kernel"),
    hostname: get("hostname"),
    osVersion: get("osVersion") || `${get("os")} ${get("kernel")}`,
    distro: get("distro"),
    distroVersion: get("distroVersion"),
    distroFamily: os === "darwin" ? "macos" : familyOf(`${get("distro")} ${get("like")}`.split(" ")),
    cpus: Number(get("cpus")) || 1,
    memoryMb:
      Math.round(Number(get("memoryKb")) / 1024) || Math.round(Number(get("memoryBytes")) / 2 ** 20) || 0,
    bootId: get("bootId"),
    user: get("user"),
    home: get("home"),
  });
}

const FAMILIES: ReadonlyArray<readonly [Facts["distroFamily"], readonly string[]]> = [
  ["debian", ["debian", "ubuntu"]],
  ["redhat", ["rhel", "fedora", "centos", "rocky", "almalinux", "amzn"]],
  ["alpine", ["alpine"]],
  ["arch", ["arch"]],
  ["suse", ["suse", "opensuse", "sles"]],
];

function familyOf(ids: readonly string[]): Facts["distroFamily"] {
  return FAMILIES.find(([, members]) => members.some((id) => ids.includes(id)))?.[0] ?? "unknown";
}
