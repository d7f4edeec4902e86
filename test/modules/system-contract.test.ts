import { readFileSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { afterAll, describe, expect, test } from "vitest";
import { authorizedKey, cron, mount, sysctl } from "../../modules/index.ts";
import { describeModule } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

const vitest = { describe, test, afterAll };
const user = userInfo().username;
const key = (letter: string, comment = ""): string => `ssh-ed25519 ${letter.repeat(68)} ${comment}`.trim();
const on = stage();

describeModule(vitest, {
  module: authorizedKey,
  arrange: (dir) => writeFileSync(`${dir}/keys`, `# mine\n${key("B", "b")}`),
  call: (dir) => authorizedKey({ user, key: key("A", "a"), path: `${dir}/keys` }),
  holds: (dir) => {
    expect(readFileSync(`${dir}/keys`, "utf8")).toBe(`# mine\n${key("B", "b")}\n${key("A", "a")}\n`);
    expect(statSync(`${dir}/keys`).mode & 0o7777).toBe(0o600);
  },
  hostile: (dir, value) =>
    authorizedKey({ user, key: key("A"), comment: value.trim() || "-", path: `${dir}/keys` }),
  arrived: (dir, value) =>
    expect(readFileSync(`${dir}/keys`, "utf8")).toContain(`${key("A", value.trim() || "-")}\n`),
  failures: {
    "no directory": {
      call: (dir) => authorizedKey({ user, key: key("A"), path: `${dir}/no/keys` }),
      error: /cannot bring about "keys": there is no directory .*\/no$/,
    },
    "no such user": {
      call: () => authorizedKey({ user: "no-such-user", key: key("A") }),
      error: /cannot bring about "directory": .*no-such-user/,
    },
  },
});

describeModule(vitest, {
  module: sysctl,
  arrange: (dir) => writeFileSync(`${dir}/conf`, "vm.a=1\nvm/b = 2 \n"),
  call: (dir) => sysctl({ name: "vm.b", value: "3\t 4", file: `${dir}/conf`, reload: false }),
  holds: (dir) => expect(readFileSync(`${dir}/conf`, "utf8")).toBe("vm.a=1\nvm.b = 3 4\n"),
  failures: {
    "a parameter that the kernel does not have": {
      call: (dir) => sysctl({ name: "rcm.none", value: 1, file: `${dir}/conf` }),
      arrange: (dir) => writeFileSync(`${dir}/conf`, "rcm.none = 1\n"),
      error: /cannot bring about "value": the kernel has no rcm\.none: is the module loaded/,
    },
  },
});

describeModule(vitest, {
  module: mount,
  arrange: (dir) => writeFileSync(`${dir}/fstab`, "# own\n/dev/x  /a\\040b ext4 ro 0 0\n"),
  call: (dir) =>
    mount({ path: "/a b/", src: "LABEL=x y", fstype: "ext4", state: "present", fstab: `${dir}/fstab` }),
  holds: (dir) =>
    expect(readFileSync(`${dir}/fstab`, "utf8")).toBe("# own\nLABEL=x\\040y /a\\040b ext4 defaults 0 0\n"),
  failures: {},
});

describeModule(vitest, {
  module: cron,
  arrange: (dir) => writeFileSync(`${dir}/cron`, "#Ansible: a\n@daily root old\n# end\n"),
  call: (dir) => cron({ name: "a", job: "new", user: "root", hour: 3, cronFile: `${dir}/cron` }),
  holds: (dir) => expect(readFileSync(`${dir}/cron`, "utf8")).toBe("#rcm: a\n* 3 * * * root new\n# end\n"),
  hostile: (dir, value) => cron({ name: value, job: value, user: "root", cronFile: `${dir}/cron` }),
  arrived: (dir, value) =>
    expect(readFileSync(`${dir}/cron`, "utf8")).toContain(`#rcm: ${value}\n* * * * * root ${value}\n`),
  failures: {
    "no variable to insert beside": {
      call: (dir) => cron({ name: "A", job: "1", env: true, insertAfter: "B", cronFile: `${dir}/cron` }),
      error: /there is no variable B to insert A beside/,
    },
  },
});

test("a key's options and comment: those that are wanted replace others, a comment that is not given stays", async () => {
  const dir = on.dir();
  const text = (): string => readFileSync(`${dir}/keys`, "utf8");
  writeFileSync(`${dir}/keys`, `command="a \\"b\\" c" ${key("A", "old name")}\n${key("A")}\n${key("B")}\n`);
  const run = async (more: object) =>
    await on.run(dir, authorizedKey({ user, key: key("A"), path: `${dir}/keys`, ...more }));
  await run({});
  expect(text()).toBe(`${key("A", "old name")}\n${key("B")}\n`);
  await run({ keyOptions: "no-pty", comment: "new", exclusive: true });
  expect(text()).toBe(`no-pty ${key("A", "new")}\n`);
  await run({ state: "absent" });
  expect(text()).toBe("");
});

test("variables go where they are wanted", async () => {
  const dir = on.dir();
  const run = async (name: string, more: object) =>
    await on.run(dir, cron({ name, env: true, cronFile: `${dir}/cron`, ...more }));
  await run("A", { job: "1" });
  await run("B", { job: 'say "b"' });
  await run("C", { job: "c", insertAfter: "B" });
  await run("D", { job: "d", insertBefore: "A" });
  expect(readFileSync(`${dir}/cron`, "utf8")).toBe(`B='say "b"'\nC="c"\nD="d"\nA="1"\n`);
  for (const name of ["A", "B", "C", "D"]) await run(name, { state: "absent" });
  expect(() => statSync(`${dir}/cron`)).toThrow(/ENOENT/);
});
