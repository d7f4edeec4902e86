import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fileOf, type RebootRequest, type RunHost, type Script } from "../../src/index.ts";
import { act } from "../../src/module/action.ts";
import { converge } from "../../src/module/converge.ts";
import type { LocalSide } from "../../src/module/define.ts";
import { localSide } from "../../src/module/local-side.ts";
import { checkOptions } from "../../src/module/options.ts";
import { quote } from "../../src/shell/script.ts";
import { HOSTILE_LINES, HOSTILE_VALUES } from "../../src/testing/index.ts";
import { type Batch, MADE, runBatch } from "./batch.ts";
import { NO_CONTEXT } from "./no-context.ts";
import { SHELLS, type Shell, tellMissingShells } from "./shells.ts";
import { STRING_OPTIONS, type StringOption } from "./string-options.ts";

/** Options that are shell code by design, and who says so. */
const CODE: Readonly<Record<string, string>> = {
  "bash.script": "the script itself",
  "blockinfile.validate": "a command that checks the file",
  "bash.unless": "a condition, written in shell",
  "bash.onlyIf": "a condition, written in shell",
  "command.unless": "a condition, written in shell",
  "command.onlyIf": "a condition, written in shell",
  "copy.validate": "a command that checks the file",
  "get_url.validate": "a command that checks the file",
  "ini_file.validate": "a command that checks the file",
  "lineinfile.validate": "a command that checks the file",
  "replace.validate": "a command that checks the file",
  "reboot.command": "the command that reboots",
  "template.validate": "a command that checks the file",
  "reboot.test": "a command that must succeed after the reboot",
};

type Options = Readonly<Record<string, unknown>>;

const KEY = `ssh-ed25519 ${"A".repeat(68)} name`;

/** Options that are valid together, for each module. */
const BASE: Readonly<Record<string, Options>> = {
  authorized_key: { user: "root", path: "/rcm-no-such-folder/keys", key: KEY, manageDir: false },
  apt: { deb: "none" },
  // Not even a repository that looks right may reach the machine that the tests run on.
  apt_repository: { repo: "deb file:/none ./", state: "absent", filename: "rcm-none", updateCache: false },
  assert: { that: true },
  bash: { script: 'printf "%s\\0" "$@"' },
  brew: { name: "none" },
  blockinfile: { path: "path", block: "block", create: true },
  command: { cmd: "sh", args: ["-c", "cat"] },
  copy: { content: "text", dest: "dest" },
  cron: { name: "rcm-test", job: "true" },
  debug: {},
  docker_container: { name: "rcm-none", image: "rcm-none", pull: "never" },
  fail: {},
  fetch: { src: "path", dest: "dest", failOnMissing: false },
  file: { path: "path", state: "file" },
  group: { name: "rcm-test" },
  git: { repo: "/none", dest: "dest" },
  get_url: { url: "http://127.0.0.1:1/file", dest: "dest" },
  hostname: {},
  http: { url: "http://127.0.0.1:1/" },
  ini_file: { path: "path", section: "section", option: "option", value: "value" },
  lineinfile: { path: "path", line: "line", create: true },
  mount: { path: "/tmp", state: "ephemeral", src: "none", fstype: "tmpfs" },
  package: { name: "rcm-none", state: "absent" },
  pause: { duration: 1 },
  pip: { name: "none", virtualenv: "none", virtualenvCommand: "true" },
  reboot: { delay: 1, command: 'printf %s "$1" >said' },
  service: { name: "rcm-test", state: "started", use: "sysvinit" },
  sysctl: { name: "rcm.test", value: 1, file: "file", reload: false },
  systemd: { name: "rcm-test", state: "started" },
  user: { name: "rcm-test", createHome: false },
  unarchive: { src: "/no/such", remoteSrc: true, dest: "dest" },
  replace: { path: "path", regexp: "^$" },
  stat: { path: "path" },
  template: { content: "text", dest: "dest" },
  wait_for: { path: "/dev/null" },
};

/** How one option is put to the test, where it is not just added to the others. */
interface Carrier {
  readonly options?: (value: string) => Options;
  /** What must be seen where the value arrived; undefined for values that cannot arrive there, such as a name with a slash. */
  readonly arrives?: (batch: Batch, i: number, value: string) => void;
}

/** Anybody may give a file to the user that it belongs to already. */
const ME = String(process.getuid?.() ?? 0);

/** A text that can be the name of a file in the working directory. */
const isName = (value: string): boolean => !/^\.{0,2}$|^~|\//.test(value) && Buffer.byteLength(value) <= 240;
const name = (batch: Batch, i: number, value: string): void => {
  if (!isName(value)) return;
  expect([...batch.files(i).keys()].filter((one) => one !== MADE)).toEqual([value]);
  expect(batch.succeeded(i), `${JSON.stringify(value)} as a path`).toBe(true);
};
const content = (batch: Batch, i: number, dest: string, wanted: string): void => {
  const files = batch.files(i);
  expect((files.get(MADE) ?? files.get(dest))?.toString()).toBe(wanted);
};
const output = (batch: Batch, i: number, value: string): void =>
  expect(batch.output(i).toString()).toBe(value);

const CARRIERS: Readonly<Record<string, Carrier>> = {
  "apt.name": { options: (value) => ({ deb: undefined, name: value, state: "absent" }) },
  "bash.args": {
    options: (value) => ({ args: [value, "", value] }),
    arrives: (batch, i, value) => output(batch, i, `${value}\0\0${value}\0`),
  },
  "bash.stdin": { options: (stdin) => ({ script: "cat", stdin }), arrives: output },
  "bash.file": { options: (file) => ({ script: undefined, file }) },
  "blockinfile.block": {
    arrives: (batch, i, value) => {
      if (value === "") return;
      const [begin, end] = ["BEGIN", "END"].map((mark) => `# ${mark} RCM MANAGED BLOCK\n`);
      // The block of a file without lines takes the ends that it has itself.
      const lines = /^[^\n]*\r\n/.test(value) ? value.replaceAll("\r\n", "\n") : value;
      content(batch, i, "path", `${begin}${lines}${lines.endsWith("\n") ? "" : "\n"}${end}`);
    },
  },
  "blockinfile.path": { options: (path) => ({ path, mode: "0600", validate: "test -f %s" }), arrives: name },
  // With arguments it is a program: one that is not there, unless a trap has its name.
  "command.cmd": { options: (cmd) => ({ cmd: `/no/${cmd}` }) },
  "command.args": {
    options: (value) => ({ cmd: "printf", args: ["%s\\0", value, "", value] }),
    arrives: (batch, i, value) => output(batch, i, `${value}\0\0${value}\0`),
  },
  "command.stdin": { arrives: output },
  "cron.cronFile": { options: (file) => ({ state: "absent", cronFile: `/rcm-no-such-folder/${file}` }) },
  "cron.insertAfter": { options: (insertAfter) => ({ name: "A", env: true, insertAfter }) },
  "cron.insertBefore": { options: (insertBefore) => ({ name: "A", env: true, insertBefore }) },
  "copy.content": {
    arrives: (batch, i, value) => content(batch, i, "dest", value),
  },
  "copy.dest": { options: (dest) => ({ dest, mode: "0600", owner: ME }), arrives: name },
  "copy.src": { options: (src) => ({ content: undefined, src, dest: "into/" }) },
  "file.path": { options: (path) => ({ path, mode: "0600", owner: ME }), arrives: name },
  "file.src": { options: (src) => ({ state: "link", src }) },
  "hostname.name": {},
  "ini_file.path": { options: (path) => ({ path, mode: "0600", validate: "test -f %s" }), arrives: name },
  "ini_file.value": {
    arrives: (batch, i, value) => {
      const line = `option = ${value.trim()}`.trimEnd();
      if (!/[\n\r]/.test(value)) content(batch, i, "path", `[section]\n${line}\n`);
    },
  },
  "ini_file.values": { options: (value) => ({ value: undefined, values: [value, "other"] }) },
  "lineinfile.line": {
    arrives: (batch, i, value) => {
      if (!value.includes("\n")) content(batch, i, "path", `${value}\n`);
    },
  },
  "lineinfile.path": { options: (path) => ({ path, mode: "0600", validate: "test -f %s" }), arrives: name },
  "lineinfile.search": { options: (search) => ({ search }) },
  "mount.fstab": { options: (fstab) => ({ state: "present", fstab }), arrives: name },
  "mount.path": {
    options: (path) => ({ state: "absent", fstab: "fstab", path: `/rcm-no-such-folder/${path}` }),
  },
  // A program by design, like command.cmd.
  "pip.virtualenvCommand": { options: (value) => ({ virtualenvCommand: `/no/${value}` }) },
  "reboot.message": {
    arrives: (batch, i, value) => expect(batch.files(i).get("said")?.toString()).toBe(value),
  },
  "sysctl.file": { options: (file) => ({ file }), arrives: name },
  "user.skeleton": { options: (skeleton) => ({ createHome: true, home: "home", skeleton }) },
  "user.sshKeyComment": { options: (sshKeyComment) => ({ generateSshKey: true, sshKeyComment }) },
  "user.sshKeyFile": { options: (sshKeyFile) => ({ generateSshKey: true, sshKeyFile }) },
  "template.content": {
    options: (value) => ({ content: () => value }),
    arrives: (batch, i, value) => content(batch, i, "dest", value),
  },
  "template.dest": { options: (dest) => ({ dest, mode: "0600", owner: ME }), arrives: name },
  "template.src": { options: (src) => ({ content: undefined, src, dest: "into/" }) },
  "wait_for.host": { options: (host) => ({ path: undefined, port: 1, host }) },
};

const local: LocalSide = {
  path: (path) => path,
  file: async () => fileOf("local"),
  tree: async () => undefined,
  secrets: localSide("/").secrets,
};

/** What would be sent to a host for these options; undefined when they are refused before. */
async function scriptsOf(
  { module, name: id, option, isList }: StringOption,
  value: string,
): Promise<string | undefined> {
  const { definition } = module;
  const own = CARRIERS[id]?.options?.(value) ?? { [option]: isList ? [value] : value };
  const given = Object.entries({ ...BASE[definition.name], ...own }).filter(([, one]) => one !== undefined);
  const checked = checkOptions(definition, Object.fromEntries(given));
  if (!checked.ok) return undefined;
  if (definition.action)
    return act(await definition.action(checked.options, local, NO_CONTEXT), "apply").first.script;
  if (definition.run) return await scriptsOfRun(definition.run, checked.options);
  const properties = await definition.properties!(checked.options, local, NO_CONTEXT);
  const work = converge(properties, "apply", () => true);
  if (typeof Object.values(properties)[0]?.want !== "function") return work.first.script;
  // A text is edited on this side: there is no file yet.
  const record = { words: ["0", "was"], data: Buffer.from("-") };
  const next = await work.next({ exitCode: 0, records: [record], stdout: "", stderr: "" });
  return next.pass?.script ?? work.first.script;
}

async function scriptsOfRun(
  run: (options: never, host: RunHost, side: LocalSide) => Promise<unknown>,
  options: Options,
): Promise<string> {
  const scripts: Script[] = [];
  const host: RunHost = {
    name: "host",
    signal: new AbortController().signal,
    secrets: local.secrets,
    connect: async () => Promise.reject(new Error("there is no way out of here")),
    exec: async (script) => ({ exitCode: scripts.push(script) * 0, stdout: "absent\n", stderr: "" }),
    download: async (script) => void scripts.push(script),
    reaches: async () => true,
    reboot: async ({ script }: RebootRequest) => void scripts.push(script),
    log: () => undefined,
  };
  await run(options as never, host, local).catch((error: Error) =>
    expect(error.message).toMatch(/no way out/),
  );
  return scripts.map(({ text }) => text).join("\n");
}

const seed = Number(process.env.RCM_TEST_SEED ?? Date.now() % 2 ** 31);
const piece = fc.oneof(
  fc.constantFrom(...HOSTILE_VALUES.filter((value) => value.length < 50), ...HOSTILE_LINES),
  fc.constantFrom(..."'\"`$(){}[]<>|&;\\*?~!#=%- \t\n\r/.,^@:+"),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const randomText = fc
  .array(piece, { minLength: 1, maxLength: 6 })
  .map((pieces) => pieces.join("").replaceAll("\0", "").replaceAll("/", "\u2215"));
/** `RCM_HOSTILE=full`: every shell gets every fixed value of every option, and each option 1000 random ones. */
const IS_FULL = process.env.RCM_HOSTILE === "full";
const RANDOM = fc.sample(randomText, { numRuns: IS_FULL ? 1000 : 10, seed });
const FIXED = [...HOSTILE_VALUES, ...HOSTILE_LINES, "x".repeat(20_000), `'${"'".repeat(3000)}`];

/** In one run each option gets a quarter of the values, in the next one maybe another quarter. */
const TURNS = 4 * SHELLS.length;

/**
 * The values for a shell. What quotes them is the same for all options, and is tried with all of them below; so it is
 * enough that each shell gets them all in some option, and each option all in some run.
 */
function share(at: number, option: StringOption): { readonly fixed: string[]; readonly random: string[] } {
  const turn = seed + at + STRING_OPTIONS.indexOf(option);
  const fixed = FIXED.filter((_, i) => i % TURNS === turn % TURNS);
  const random = RANDOM.filter((_, i) => i % SHELLS.length === at);
  return { fixed: IS_FULL ? FIXED : fixed, random };
}

/** Where a program must do its work for the value to arrive. */
const needsAll = ({ module }: StringOption): boolean => module.definition.properties === undefined;

async function springNothing(shell: Shell, at: number, option: StringOption): Promise<number> {
  const { fixed, random } = share(at, option);
  const values = [...fixed, ...random];
  const scripts = await Promise.all(values.map((value) => scriptsOf(option, value)));
  // What never reaches the shell makes the same script of every value: once is enough.
  const distinct = new Map(values.flatMap((value, i) => (scripts[i] ? [[scripts[i], value] as const] : [])));
  const sent = [...distinct].map(([script, value]) => ({ script, value }));
  const { arrives } = CARRIERS[option.name] ?? {};
  await runBatch(
    shell,
    sent.map(({ script }) => script),
    needsAll(option) ? sent.length : arrives || IS_FULL ? fixed.length : 0,
    (batch) => {
      const canaries = batch
        .canaries()
        .map((i) => sent[i]!.value)
        .filter((value) => value !== "CANARY");
      expect(canaries, `run as code by ${shell.name} (seed ${seed})`).toEqual([]);
      expect(batch.sprung, `a trap sprang in ${shell.name} (seed ${seed})`).toBe(false);
      for (const [i, { value }] of sent.entries()) arrives?.(batch, i, value);
    },
  );
  return sent.length;
}

describe("no value is taken for code", () => {
  tellMissingShells();
  const free = STRING_OPTIONS.filter(({ name: id }) => !(id in CODE));

  test("and all options that take a text are known", () => {
    const names = STRING_OPTIONS.map(({ name: id }) => id);
    expect([...Object.keys(CODE), ...Object.keys(CARRIERS)].filter((id) => !names.includes(id))).toEqual([]);
    expect(names.length).toBeGreaterThan(40);
  });

  test.each(free.map((option) => [option.name, option] as const))(
    "%s",
    async (_, option) => {
      const counts = await Promise.all(SHELLS.map((shell, at) => springNothing(shell, at, option)));
      // An option that takes any text must not have refused most of them.
      const count = counts.reduce((sum, one) => sum + one, 0);
      const tried = SHELLS.flatMap((_, at) => Object.values(share(at, option)).flat()).length;
      if (CARRIERS[option.name]?.arrives) expect(count).toBeGreaterThan(tried / 2);
    },
    600_000,
  );
});

describe("a quoted text is one word", () => {
  test.each(SHELLS.map((shell) => [shell.name, shell] as const))("in %s", async (_, shell) => {
    const values = [...FIXED, ...fc.sample(randomText, { numRuns: 3000, seed: seed + 1 })];
    // No printf in between: it would be a program in mksh, and slow.
    const script = values.map((value) => `rcm_put ${quote(value)}; rcm_put '<end of one>'`).join("\n");
    await runBatch(shell, [script], 1, (batch) => {
      expect(batch.output(0).toString().split("<end of one>").slice(0, -1)).toEqual(values);
    });
  });
});
