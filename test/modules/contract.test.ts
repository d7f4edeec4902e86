import { mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { bash, command, copy, debug, file, lineinfile, pause, waitFor } from "../../modules/index.ts";
import { describeModule } from "../../src/testing/index.ts";

const vitest = { describe, test, afterAll };

describeModule(vitest, {
  module: command,
  call: (dir) =>
    command({ cmd: "sh", args: ["-c", 'echo made >"$1"', "sh", `${dir}/made`], creates: `${dir}/made` }),
  holds: (dir) => expect(readFileSync(`${dir}/made`, "utf8")).toBe("made\n"),
  hostile: (dir, value) =>
    command({
      cmd: "sh",
      args: ["-c", 'printf %s "$1"; cat >in', "sh", value],
      stdin: value,
      creates: `${dir}/x/${value}`,
    }),
  arrived: (dir, value, { output }) => {
    expect(output).toBe(value);
    expect(readFileSync(`${dir}/in`, "utf8")).toBe(value);
  },
  lines: true,
  failures: {
    "a program that is not there": {
      call: () => command({ cmd: "no-such-program", args: [] }),
      error: /^exit status 127: .*no-such-program.*not found/,
    },
    "its exit status": {
      call: () => command({ cmd: "echo first >&2; echo why >&2; exit 3" }),
      error: /^exit status 3: why$/,
    },
    "a program that looks like an option": {
      call: () => command({ cmd: "-x", args: [] }),
      error: /cmd is a program: its name cannot begin with -/,
    },
    "a NUL character": {
      call: () => command({ cmd: "echo", args: ["a\0b"] }),
      error: /option "args\[0\]": it cannot hold a NUL character/,
    },
  },
});

describeModule(vitest, {
  module: bash,
  call: (dir) =>
    bash({ script: `echo "\${BASH_VERSION:+bash}" >"$1"`, args: [`${dir}/made`], creates: `${dir}/made` }),
  holds: (dir) => expect(readFileSync(`${dir}/made`, "utf8")).toBe("bash\n"),
  hostile: (_dir, value) => bash({ script: 'printf %s "$1"; cat >in', args: [value], stdin: value }),
  arrived: (dir, value, { output }) => {
    expect(output).toBe(value);
    expect(readFileSync(`${dir}/in`, "utf8")).toBe(value);
  },
  lines: true,
  failures: {
    "a syntax error": {
      call: () => bash({ script: "if then" }),
      error: /^exit status 2: .*syntax error|if then/,
    },
    "neither script nor file": { call: () => bash({}), error: /wanted exactly one of script and file/ },
    "a file that is not there": {
      call: () => bash({ file: "/no/such.sh" }),
      error: /Cannot read the local file "\/no\/such\.sh": no such file/,
    },
  },
});

describeModule(vitest, {
  module: copy,
  call: (dir) => copy({ content: "new\n", dest: `${dir}/sub/a`, mode: "0640" }),
  holds: (dir) => {
    expect(readFileSync(`${dir}/sub/a`, "utf8")).toBe("new\n");
    expect(statSync(`${dir}/sub/a`).mode & 0o7777).toBe(0o640);
  },
  hostile: (_dir, value) =>
    copy({ content: value, dest: `./${value}`, backup: true, validate: "test -f %s" }),
  arrived: (dir, value) => expect(readFileSync(`${dir}/${value}`, "utf8")).toBe(value),
  lines: true,
  failures: {
    "a directory in its place": {
      arrange: (dir) => mkdirSync(`${dir}/a`),
      call: (dir) => copy({ content: "x", dest: `${dir}/a` }),
      error: /cannot bring about "content": .*\/a is a directory/,
    },
    "content that validate refuses": {
      arrange: (dir) => writeFileSync(`${dir}/a`, "old"),
      call: (dir) => copy({ content: "x", dest: `${dir}/a`, validate: "echo bad line 3 >&2; grep -q y %s" }),
      error: /validate refused the new content \(exit status 1\): bad line 3$/,
    },
    "a local file that is not there": {
      call: (dir) => copy({ src: "/no/such", dest: `${dir}/a` }),
      error: /Cannot read the local file "\/no\/such"/,
    },
    "both src and content": {
      call: (dir) => copy({ src: "/etc/passwd", content: "", dest: `${dir}/a` }),
      error: /exactly one of src and content/,
    },
    "a mode as a number": {
      call: (dir) => copy({ content: "", dest: `${dir}/a`, mode: 644 as unknown as string }),
      error: /option "mode": wanted a quoted mode such as "0644"/,
    },
    "an owner that does not exist": {
      call: (dir) => copy({ content: "", dest: `${dir}/a`, owner: "nosuchuser" }),
      error: /invalid user.*nosuchuser|unknown user/,
    },
  },
});

describeModule(vitest, {
  module: file,
  call: (dir) => file({ path: `${dir}/a/b`, state: "directory", mode: "0750" }),
  holds: (dir) => expect(statSync(`${dir}/a/b`).mode & 0o7777).toBe(0o750),
  hostile: (_dir, value) => file({ path: "link", state: "link", src: value }),
  arrived: (dir, value) => expect(readlinkSync(`${dir}/link`)).toBe(value),
  lines: true,
  failures: {
    "something else in the way": {
      arrange: (dir) => writeFileSync(`${dir}/a`, ""),
      call: (dir) => file({ path: `${dir}/a`, state: "link", src: "b" }),
      error: /"state": .*\/a is in the way, a file: set force to replace it/,
    },
    "no directory to make it in": {
      call: (dir) => file({ path: `${dir}/no/a`, state: "file" }),
      error: /cannot bring about "state": .*no\/a/i,
    },
    "the root directory": {
      call: () => file({ path: "/./", state: "absent" }),
      error: /the root directory cannot be removed/,
    },
    "a home directory by its nickname": {
      call: () => file({ path: "~/a", state: "file" }),
      error: /option "path": ~ does not stand for the home directory here/,
    },
  },
});

describeModule(vitest, {
  module: lineinfile,
  arrange: (dir) => writeFileSync(`${dir}/conf`, "a\nb\n"),
  call: (dir) => lineinfile({ path: `${dir}/conf`, regexp: "^b", line: "c" }),
  holds: (dir) => expect(readFileSync(`${dir}/conf`, "utf8")).toBe("a\nc\n"),
  hostile: (_dir, value) =>
    lineinfile({
      path: `./${value}`,
      line: value,
      create: true,
      search: value,
      validate: "test -f '%s'",
      insertafter: "^q",
    }),
  arrived: (dir, value) => expect(readFileSync(`${dir}/${value}`, "utf8")).toBe(`${value}\n`),
  failures: {
    "no file": {
      call: (dir) => lineinfile({ path: `${dir}/none`, line: "x" }),
      error: /\/none does not exist: set create to make it/,
    },
    "a directory": { call: (dir) => lineinfile({ path: dir, line: "x" }), error: /is a directory/ },
    "NUL characters": {
      arrange: (dir) => writeFileSync(`${dir}/b`, "a\0b\n"),
      call: (dir) => lineinfile({ path: `${dir}/b`, line: "x" }),
      error: /\/b holds NUL characters: it is no text file/,
    },
    latin1: {
      arrange: (dir) => writeFileSync(`${dir}/b`, Buffer.from("caf\u00e9\n", "latin1")),
      call: (dir) => lineinfile({ path: `${dir}/b`, line: "x" }),
      error: /cannot work out "text": what is on the host is not UTF-8 text/,
    },
    "a device": {
      call: () => lineinfile({ path: "/dev/null", line: "x" }),
      error: /\/dev\/null is not a regular file/,
    },
    "a bad regexp": {
      call: (dir) => lineinfile({ path: `${dir}/conf`, line: "x", regexp: "(" }),
      error: /option "regexp": Invalid regexp pattern/,
    },
    "a second line": {
      call: (dir) => lineinfile({ path: `${dir}/conf`, line: "x\ny" }),
      error: /option "line": wanted a single line/,
    },
    "Python's way of naming a group": {
      call: (dir) => lineinfile({ path: `${dir}/conf`, regexp: "(b)", line: "\\1", backrefs: true }),
      error: /what regexp captured is \$1, not \\1/,
    },
  },
});

describeModule(vitest, {
  module: waitFor,
  arrange: (dir) => writeFileSync(`${dir}/there`, "ready\n"),
  call: (dir) => waitFor({ path: `${dir}/there`, search: "^ready$" }),
  hostile: (dir, value) => waitFor({ path: `${dir}/${value.slice(0, 200)}`, search: value, state: "absent" }),
  lines: true,
  failures: {
    "too late": {
      call: (dir) => waitFor({ path: `${dir}/none`, timeout: 30, interval: 10 }),
      error: /^timeout waiting for .*\/none after 0.03 s$/,
    },
    "a pattern that grep does not take": {
      call: (dir) => waitFor({ path: `${dir}/there`, search: "(" }),
      error: /cannot look for it: grep: /,
    },
    "neither port nor path": { call: () => waitFor({}), error: /wanted exactly one of port and path/ },
  },
});

describeModule(vitest, {
  module: debug,
  call: () => debug({ message: "hello" }),
  holds: (_dir, { message, output }) => expect([message, output]).toEqual(["hello", "hello"]),
  hostile: (_dir, value) => debug({ message: value }),
  arrived: (_dir, value, { output }) => expect(output).toBe(value),
  lines: true,
  failures: {},
});

describeModule(vitest, {
  module: pause,
  call: () => pause({ duration: 1, message: "a moment" }),
  holds: (_dir, { message, output }) => expect([message, output]).toEqual(["paused for 1 ms", "a moment"]),
  hostile: (_dir, value) => pause({ duration: 1, message: value }),
  arrived: (_dir, value, { output }) => expect(output).toBe(value),
  lines: true,
  failures: {
    "no time at all": { call: () => pause({ duration: 0 }), error: /option "duration": wanted more than 0/ },
    "no duration": {
      call: () => pause({ duration: "soon" }),
      error: /option "duration": wanted a duration such as 500, "5s" or "2m"/,
    },
    "longer than a timer can": {
      call: () => pause({ duration: "25d" }),
      error: /option "duration": wanted a duration of at most 24 days/,
    },
  },
});
