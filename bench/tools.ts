import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Lab } from "./lab.ts";
import { FILES, LINES, type Workload } from "./workloads.ts";

/** One way to do a workload. */
export interface Tool {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before the first one that counts, beside the one that every tool has. */
  readonly warmUps?: number;
  /** It takes so long that it is run no more times than that, beside the first one, which does not count. */
  readonly atMost?: number;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const MITOGEN = "/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy";

/** What is not here, and so is left out. */
export function missing(): readonly string[] {
  const programs = ["ansible", "clush", "pyinfra", "scp", "tar"].filter((program) => !has(program));
  return has(`ls && ls ${MITOGEN}`) ? programs : [...programs, "ansible-mitogen"];
}

/** Everybody who can do this work here. */
export function toolsFor(work: Workload, lab: Lab, rcm = here("../bin/rcm.js")): readonly Tool[] {
  const isThere = (tool: Tool): boolean => has(tool.command[0] ?? "");
  return [...own(work, lab, rcm), ...floors(work, lab), ...ansibles(work, lab), ...others(work, lab)].filter(
    isThere,
  );
}

function own({ id, hosts }: Workload, lab: Lab, rcm: string): Tool[] {
  const inventory = ["-i", join(lab.dir, "hosts.yaml"), "-f", String(hosts)];
  const words = id.startsWith("W3")
    ? ["exec", `w${hosts}`, ...inventory, "--", "true"]
    : ["apply", write(lab, `${id}.ts`, runbook(id, hosts, lab)), ...inventory];
  // V8's code cache is made by the first four good runs of an installation.
  return [{ name: "rcm", command: [process.execPath, rcm, ...words], warmUps: 4 }];
}

function runbook(id: Workload["id"], hosts: number, { dir }: Lab): string {
  const steps = id.startsWith("W4")
    ? `  step("send", copy({ src: ${JSON.stringify(join(dir, id === "W4-big" ? "big" : "tree"))}, dest: "/root/w4/${id === "W4-big" ? "big" : "tree"}" }));`
    : [
        ...FILES.map(
          (file, i) =>
            `  step("file${i}", copy(${JSON.stringify({ dest: file.path, content: file.content, mode: "0644" })}));`,
        ),
        ...LINES.map(
          (line, i) =>
            `  step("line${i}", lineinfile(${JSON.stringify({ path: "/root/w1/lines", line, create: true })}));`,
        ),
        ...LINES.map((_, i) => `  step("true${i}", command({ cmd: "true", changedWhen: false }));`),
      ].join("\n");
  return `import { runbook } from "rcm";
import { command, copy, lineinfile } from "rcm/modules";

export default runbook("${id}", { hosts: "w${hosts}" }, ({ step }) => {
${steps}
});
`;
}

function floors({ id, hosts }: Workload, lab: Lab): Tool[] {
  if (id.startsWith("W4")) return [];
  const script = write(lab, `${id}.sh`, id.startsWith("W3") ? "/bin/true\n" : handWritten());
  const addresses = lab.hosts.slice(0, hosts).map(({ address }) => address);
  return (["floor", "limit"] as const).map((mode) => ({
    name: mode,
    command: [process.execPath, here("./floor.cjs"), mode, lab.key, script, ...addresses],
  }));
}

/** What a person would write who knows that each step must look before it changes anything. */
function handWritten(): string {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  return [
    "mkdir -p /root/w1; cd /root/w1",
    ...FILES.map(
      ({ path, content }) =>
        `[ "$(sha256sum <${path} 2>/dev/null)" = "${hash(content)}  -" ] && [ "$(stat -c %a ${path})" = 644 ] || { printf %s '${content}' >${path}; chmod 644 ${path}; }`,
    ),
    ...LINES.map((line) => `grep -qxF '${line}' lines 2>/dev/null || echo '${line}' >>lines`),
    ...LINES.map(() => "/bin/true"),
    "",
  ].join("\n");
}

function ansibles(work: Workload, lab: Lab): Tool[] {
  const { id, hosts } = work;
  const inventory = ["-i", join(lab.dir, "hosts.yaml"), "-f", String(hosts)];
  const command = id.startsWith("W3")
    ? ["ansible", `w${hosts}`, ...inventory, "-m", "command", "-a", "true"]
    : ["ansible-playbook", write(lab, `${id}.yaml`, playbook(work, lab)), ...inventory];
  const env = (name: string, more: Readonly<Record<string, string>>): Record<string, string> => {
    const control = join(lab.dir, `cp-${name}`);
    mkdirSync(control, { recursive: true });
    // Masters that would outlive a run would help the next one.
    const common = {
      ANSIBLE_SSH_ARGS: "-C -o ControlMaster=auto -o ControlPersist=2s",
      ANSIBLE_SSH_CONTROL_PATH_DIR: control,
    };
    return { ...common, ANSIBLE_HOST_KEY_CHECKING: "True", ANSIBLE_NOCOWS: "1", ...more };
  };
  // Where it would take many minutes, it tells nothing new.
  if (id === "W3-200" || id === "W4-tree" || !has("ansible")) return [];
  const big = id === "W4-big" ? { atMost: 1 } : {};
  const pipelining = {
    name: "ansible + pipelining",
    command,
    env: env("pipe", { ANSIBLE_PIPELINING: "1" }),
    ...big,
  };
  const mitogen = {
    name: "ansible + mitogen",
    command,
    env: env("mito", { ANSIBLE_STRATEGY: "mitogen_linear", ANSIBLE_STRATEGY_PLUGINS: MITOGEN }),
    ...big,
  };
  // Plain Ansible sends each file by six to eleven SSH operations.
  const plain = { name: "ansible", command, env: env("plain", {}), atMost: 1 };
  return [...(id === "W2" ? [] : [plain]), pipelining, ...(has(`ls && ls ${MITOGEN}`) ? [mitogen] : [])];
}

function playbook({ id, hosts }: Workload, { dir }: Lab): string {
  const task = (module: string, options: object, more: object = {}): object => ({
    [`ansible.builtin.${module}`]: options,
    ...more,
  });
  const tasks = id.startsWith("W4")
    ? [
        id === "W4-big"
          ? task("copy", { src: join(dir, "big"), dest: "/root/w4/big" })
          : task("copy", { src: `${join(dir, "tree")}/`, dest: "/root/w4/tree/" }),
      ]
    : [
        ...FILES.map(({ path, content }) => task("copy", { dest: path, content, mode: "0644" })),
        ...LINES.map((line) => task("lineinfile", { path: "/root/w1/lines", line, create: true })),
        ...LINES.map(() => task("command", { cmd: "/bin/true" }, { changed_when: false })),
      ];
  const before = id === "W1-first" ? [task("file", { path: "/root/w1", state: "directory" })] : [];
  return JSON.stringify([{ hosts: `w${hosts}`, gather_facts: false, tasks: [...before, ...tasks] }]);
}

function others({ id, hosts }: Workload, lab: Lab): Tool[] {
  const ssh = ["-F", lab.sshConfig];
  const curve = ["-o", "KexAlgorithms=curve25519-sha256"];
  const first = lab.hosts[0]?.name ?? "";
  if (id === "W3") {
    const names = lab.hosts
      .slice(0, hosts)
      .map(({ name }) => name)
      .join(",");
    const clush = (name: string, options: string): Tool => ({
      name,
      command: ["clush", "-f", String(hosts), "-w", names, "-o", options, "true"],
    });
    return [
      clush("clush", `-F ${lab.sshConfig}`),
      clush("clush, curve25519", `-F ${lab.sshConfig} ${curve.join(" ")}`),
    ];
  }
  if (id === "W4-big") {
    const from = join(lab.dir, "big");
    return [
      { name: "scp", command: ["scp", "-q", ...ssh, from, `${first}:/root/w4/big`] },
      { name: "scp, curve25519", command: ["scp", "-q", ...ssh, ...curve, from, `${first}:/root/w4/big`] },
    ];
  }
  if (id !== "W4-tree") return [];
  const pipe = `tar -C ${lab.dir} -cf - tree | ssh -F ${lab.sshConfig} ${curve.join(" ")} ${first} tar -C /root/w4 -xf -`;
  return [
    { name: "tar through ssh", command: ["sh", "-c", pipe] },
    {
      name: "scp -r",
      command: ["scp", "-rq", ...ssh, ...curve, join(lab.dir, "tree"), `${first}:/root/w4/`],
      atMost: 1,
    },
  ];
}

function write({ dir }: Lab, name: string, text: string): string {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}
