import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { command, template } from "../../modules/index.ts";
import type { StepContext } from "../../src/index.ts";
import { describeModule, runStep, runSteps } from "../../src/testing/index.ts";
import { stage } from "./stage.ts";

type Own = Partial<Parameters<typeof template>[0]>;

const on = stage();
const read = (path: string) => readFileSync(path, "utf8");

/** What a template becomes, in a run that changes nothing. */
async function rendered(content: string, more: Own = {}): Promise<string> {
  const { error, changes } = await on.run(on.dir(), template({ content, dest: "f", ...more }), {
    mode: "check",
  });
  return error ?? changes[0]?.want ?? "no change";
}

describe("templates", () => {
  test.each<[string, string, Own, string]>([
    ["a plain text", "a $1 \\ \\n '\"` \u2028 é\n", {}, "a $1 \\ \\n '\"` \u2028 é\n"],
    ["a value", "<%= it.host.name %>\n", {}, "test\n"],
    ["facts", "<%= it.facts.os %>\n", {}, "linux\n"],
    ["variables", "<%= it.port %> <%= it.a.b[1] %>\n", { vars: { port: 80, a: { b: [1, "x"] } } }, "80 x\n"],
    ["variables before the context", "<%= it.host %>\n", { vars: { host: "mine" } }, "mine\n"],
    [
      "a deferred variable",
      "<%= it.os %>\n",
      { vars: { os: ({ facts }: StepContext) => facts.os } },
      "linux\n",
    ],
    ["no HTML", "<%= it.x %><%~ it.x %>\n", { vars: { x: "<&\"'>" } }, "<&\"'><&\"'>\n"],
    [
      "other values",
      "<%= it.x %> <%= false %> <%= 0 %>\n",
      { vars: { x: { a: [1] } } },
      '{"a":[1]} false 0\n',
    ],
    ["a value is no template", "<%= it.x %>\n", { vars: { x: "<%= it.y %>" } }, "<%= it.y %>\n"],
    ["loops", "<% for (const x of [1, 2]) { %>\nx <%= x %>\n<% } %>\nend\n", {}, "x 1\nx 2\nend\n"],
    ["trimBlocks: false", "<% if (true) { %>\nx\n<% } %>\n", { trimBlocks: false }, "\nx\n\n"],
    ["indented blocks", "a\n  <% if (true) { %>\nx\n  <% } %>\n", {}, "a\n  x\n  "],
    [
      "lstripBlocks",
      "  <% if (true) { %>\n  x\n  <% } %>\ny <% if (true) { %>z<% } %>\n",
      { lstripBlocks: true },
      "  x\ny z",
    ],
    [
      "a backslash before an n is no newline",
      "\\n  <% if (true) { %>\n\\nx<% } %>",
      { lstripBlocks: true },
      "\\n  \\nx",
    ],
    ["trimmed by hand", "a\n<%= 1 -%>\nb\n<%_ if (true) { _%>\n c\n<%_ } -%>\n", {}, "a\n1bc"],
    [
      "an own function of the template",
      "<% const up = (s) => s.toUpperCase() %>\n<%= up('a') %>\n",
      {},
      "A\n",
    ],
  ])("%s", async (_, content, options, text) => {
    expect(await rendered(content, options)).toBe(text);
  });

  test.each<[string, string, RegExp]>([
    [
      "a value that is missing",
      "a\n<%= it.nope %>\n",
      /there is no value: it is undefined \(line 2: <%= it\.nope %>\)$/,
    ],
    [
      "a value of nothing",
      "<%= it.no.pe %>",
      /^.*cannot render the template: .*undefined.*'pe'.* \(line 1: <%= it/,
    ],
    ["an open tag", "a\n<% b", /cannot render the template: unclosed tag at line 2 col 1/],
    ["bad syntax", "<% if ( %>", /cannot render the template: bad syntax: /],
    ["its own error", "<% throw new Error('mine') %>", /mine \(line 1: <% throw/],
  ])("%s is told before the host is touched", async (_, content, message) => {
    await expect(rendered(content)).rejects.toThrow(message);
  });

  test("an error that needs the host's facts is the step's", async () => {
    expect(await rendered("<%= it.facts.os %>\n<%= it.facts.nope %>\n")).toMatch(
      /^cannot render the template: there is no value: it is undefined \(line 2: <%= it\.facts\.nope %>\)$/,
    );
  });

  test("a function gives the finished text", async () => {
    const call = (content: (ctx: StepContext) => string | Promise<string>) =>
      template({ content, dest: "f" });
    const dir = on.dir();
    const results = [
      await on.run(
        dir,
        call(({ host, facts }) => `<%= ${host.name} ${facts.os} %>\n`),
      ),
      await on.run(
        dir,
        call(async () => "later\n"),
      ),
    ];
    expect(results.map(({ changes }) => changes[0]?.want)).toEqual(["<%= test linux %>\n", "later\n"]);
    await expect(
      on.run(
        dir,
        call(() => 5 as never),
      ),
    ).rejects.toThrow("content gave number, wanted a text");
  });
});

describe("on a host", () => {
  test("a file, and what it includes", async () => {
    const dir = on.dir();
    mkdirSync(`${dir}/t/parts`, { recursive: true });
    writeFileSync(`${dir}/t/a.conf`, "<%~ include('./parts/b', { x: 1 }) %>\n");
    writeFileSync(`${dir}/t/parts/b.eta`, "<%= it.host.name %> <%= it.x %> <%~ include('../c.txt') %>");
    writeFileSync(`${dir}/t/c.txt`, "c");
    await on.run(dir, template({ src: "t/a.conf", dest: "out/" }));
    await on.run(dir, template({ content: "<%~ include('t/c.txt') %>", dest: "inline" }));
    expect([read(`${dir}/out/a.conf`), read(`${dir}/inline`)]).toEqual(["test 1 c\n", "c"]);
    writeFileSync(`${dir}/t/c.txt`, "\n<%= it.nope %>");
    const { error } = await on.run(dir, template({ src: "t/a.conf", dest: "out/" }));
    expect(error).toBe(
      "cannot render t/a.conf: there is no value: it is undefined (c.txt, line 2: <%= it.nope %>)",
    );
  });

  test("the output of a step, by its name", async () => {
    const dir = on.dir();
    const seen: unknown[] = [];
    const content = (ctx: StepContext) => {
      seen.push(ctx.result({ name: "step 1" })?.status);
      return `${ctx.output({ name: "step 1" })}`;
    };
    const [, first, second] = await runSteps(
      on.host,
      [
        command({ cmd: "printf out" }),
        template({ content, dest: "f" }),
        template({ content: "<%= it.output('step 1') %>!\n", dest: "g" }),
      ],
      { step: { cwd: dir } },
    );
    expect([first?.error, second?.error, read(`${dir}/f`), read(`${dir}/g`)]).toEqual([
      undefined,
      undefined,
      "out",
      "out!\n",
    ]);
    expect(seen).toContain("changed");
  });

  test("owner, mode, backup, validate, force and follow", async () => {
    const dir = on.dir();
    const owner = String(process.getuid?.());
    const to = (content: string, more: Own = {}) => on.run(dir, template({ content, dest: "d/f", ...more }));
    await to("a\n", { mode: "0600", owner });
    expect(statSync(`${dir}/d/f`).mode & 0o777).toBe(0o600);
    expect((await to("bad", { validate: "! grep bad %s" })).error).toMatch(
      /validate refused the new content/,
    );
    expect((await to("b\n", { force: false })).status).toBe("ok");
    expect(read(`${dir}/d/f`)).toBe("a\n");
    const { changes } = await to("b\n", { backup: true });
    expect(changes).toEqual([{ property: "content", was: "a\n", want: "b\n", text: true }]);
    const [, kept] = readdirSync(`${dir}/d`);
    expect([read(`${dir}/d/f`), read(`${dir}/d/${kept}`)]).toEqual(["b\n", "a\n"]);
    symlinkSync("d/f", `${dir}/link`);
    await to("c\n", { dest: "link", follow: true });
    expect(read(`${dir}/d/f`)).toBe("c\n");
  });
});

test.each<[Own, RegExp]>([
  [{ dest: "f" }, /wanted exactly one of src and content/],
  [{ dest: "f", src: "a", content: "a" }, /wanted exactly one of src and content/],
  [{ dest: "d/", content: "a" }, /content needs the name of a file as dest/],
  [{ dest: "f", src: "none" }, /Cannot read the local file ".*none": no such file/],
  [{ content: "a" }, /option "dest" is required/],
  [{ dest: "f", content: "a", mode: "7" }, /option "mode"/],
])("refuses %j", async (options, message) => {
  await expect(runStep(on.host, template(options as never))).rejects.toThrow(message);
});

describeModule(
  { describe, test, afterAll },
  {
    module: template,
    call: (dir) => template({ content: "<%= it.x %>\n", vars: { x: 1 }, dest: `${dir}/sub/a`, mode: "0640" }),
    holds: (dir) => {
      expect(read(`${dir}/sub/a`)).toBe("1\n");
      expect(statSync(`${dir}/sub/a`).mode & 0o7777).toBe(0o640);
    },
    hostile: (_dir, value) =>
      template({ content: "<%= it.value %>", vars: { value }, dest: `./${value}`, validate: "test -f %s" }),
    arrived: (dir, value) => expect(read(`${dir}/${value}`)).toBe(value),
    failures: {
      "a directory in its place": {
        arrange: (dir) => mkdirSync(`${dir}/a`),
        call: (dir) => template({ content: "x", dest: `${dir}/a` }),
        error: /cannot bring about "content": .*\/a is a directory/,
      },
      "a value that is missing": {
        call: (dir) => template({ content: "<%= it.x %>", dest: `${dir}/a` }),
        error: /cannot render the template: there is no value/,
      },
    },
  },
);
