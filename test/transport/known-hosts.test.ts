import { execFileSync, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { makeKey, publicLine } from "../../src/testing/make-key.ts";
import { hasSshd, opensshHost } from "../../src/testing/openssh-host.ts";
import { addKnownHost, fingerprint, readKnownHosts } from "../../src/transport/known-hosts.ts";
import { hashedHost, matchesHost, parseLines } from "../../src/transport/known-hosts-line.ts";

const temp = mkdtempSync(join(tmpdir(), "rcm-known-hosts-"));
afterAll(() => rmSync(temp, { recursive: true }));

let files = 0;
function fresh(text?: string): string {
  const path = join(temp, `known_hosts-${files++}`);
  if (text !== undefined) writeFileSync(path, text);
  return path;
}

const KEYGEN = "ssh-keygen";
const hasKeygen = spawnSync(KEYGEN, ["-?"]).error === undefined;

interface Key {
  /** "type base64", as in a line. */
  readonly text: string;
  readonly key: Buffer;
}

function keyOf(privateKey: string): Key {
  const text = publicLine(privateKey);
  return { text, key: Buffer.from(text.split(" ")[1] ?? "", "base64") };
}

const own = keyOf(makeKey());
const other = keyOf(makeKey());
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ecdsa = keyOf(String(privateKey.export({ type: "sec1", format: "pem" })));

describe("a key is judged like OpenSSH does:", () => {
  const web = { host: "web1.example.com", port: 22 };
  const cases: readonly [string, string, { host: string; port: number }, string][] = [
    ["nothing known", "", web, "unknown"],
    ["plain", `web1.example.com ${own.text}`, web, "known"],
    ["another host", `web2.example.com ${own.text}`, web, "unknown"],
    ["another key", `web1.example.com ${other.text}`, web, "changed"],
    ["another type only", `web1.example.com ${ecdsa.text}`, web, "changed"],
    ["two keys", `web1.example.com ${ecdsa.text}\nweb1.example.com ${own.text}`, web, "known"],
    ["the same line with a comment", `web1.example.com ${own.text} made by hand`, web, "known"],
    ["CRLF", `# head\r\nweb1.example.com ${own.text}\r\n`, web, "known"],
    ["tabs and leading blanks", ` \tweb1.example.com\t${own.text.replace(" ", "\t")}`, web, "known"],
    ["a list", `alpha,web1.example.com,beta ${own.text}`, web, "known"],
    ["upper case", `WEB1.example.COM ${own.text}`, { host: "Web1.Example.com", port: 22 }, "known"],
    ["a wildcard", `*.example.com ${own.text}`, web, "known"],
    ["a question mark", `web?.example.com ${own.text}`, web, "known"],
    ["a question mark that needs a character", `web1?.example.com ${own.text}`, web, "unknown"],
    ["a negated pattern", `*.example.com,!web1.* ${own.text}`, web, "unknown"],
    ["a negated pattern first", `!web1.*,*.example.com ${own.text}`, web, "unknown"],
    ["a negated pattern alone", `!web2.* ${own.text}`, web, "unknown"],
    ["a dot is a dot", `web1xexample.com,webx.example.com ${own.text}`, web, "unknown"],
    ["hashed", `${hashedHost("web1.example.com")} ${own.text}`, web, "known"],
    ["hashed, another key", `${hashedHost("web1.example.com")} ${other.text}`, web, "changed"],
    [
      "hashed with port",
      `${hashedHost("[web1.example.com]:2222")} ${own.text}`,
      { ...web, port: 2222 },
      "known",
    ],
    ["a port", `[web1.example.com]:2222 ${own.text}`, { ...web, port: 2222 }, "known"],
    ["a port, asked for 22", `[web1.example.com]:2222 ${own.text}`, web, "unknown"],
    ["another port", `[web1.example.com]:2222 ${own.text}`, { ...web, port: 2223 }, "unknown"],
    ["a port, changed", `[web1.example.com]:2222 ${other.text}`, { ...web, port: 2222 }, "changed"],
    [
      "the bare name vouches for other ports",
      `web1.example.com ${own.text}`,
      { ...web, port: 2222 },
      "known",
    ],
    [
      "the bare name contradicts no other port",
      `web1.example.com ${other.text}`,
      { ...web, port: 2222 },
      "unknown",
    ],
    ["an IPv6 address", `::1 ${own.text}`, { host: "::1", port: 22 }, "known"],
    ["an IPv6 address with port", `[fe80::1]:2222 ${own.text}`, { host: "fe80::1", port: 2222 }, "known"],
    ["revoked", `@revoked * ${own.text}`, web, "revoked"],
    ["revoked wins over known", `web1.example.com ${own.text}\n@revoked * ${own.text}`, web, "revoked"],
    ["revoked wins in any order", `@revoked web1* ${own.text}\nweb1.example.com ${own.text}`, web, "revoked"],
    ["revoked for another host", `@revoked web2* ${own.text}\nweb1.example.com ${own.text}`, web, "known"],
    ["another key is revoked", `@revoked * ${other.text}`, web, "unknown"],
    [
      "revoked under the bare name",
      `@revoked web1.example.com ${own.text}`,
      { ...web, port: 2222 },
      "revoked",
    ],
    ["a certificate authority is no match", `@cert-authority *.example.com ${own.text}`, web, "unknown"],
    ["an unknown marker", `@trusted web1.example.com ${own.text}`, web, "unknown"],
    ["broken base64", `web1.example.com ssh-ed25519 AAAA!!!!\nweb1.example.com ${own.text}`, web, "known"],
    [
      "a type that is not the key's",
      `web1.example.com ${own.text.replace("ssh-ed25519", "ssh-rsa")}`,
      web,
      "unknown",
    ],
    [
      "a line without key",
      `web1.example.com\nweb1.example.com ssh-ed25519\n\n#web1.example.com ${own.text}`,
      web,
      "unknown",
    ],
    ["a key cut short", `web1.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5`, web, "unknown"],
  ];

  test.each(cases)("%s", async (_title, text, { host, port }, verdict) => {
    const known = await readKnownHosts([fresh(text)]);
    expect(known.judge({ host, port, key: own.key }).verdict).toBe(verdict);
  });
});

describe("known hosts", () => {
  const host = { host: "h", port: 22 };

  test("name the lines that a verdict comes from", async () => {
    const file = fresh(`# first\nh ${other.text}\nh ${ecdsa.text}\nx ${own.text}\n`);
    expect((await readKnownHosts([file])).judge({ ...host, key: own.key })).toEqual({
      verdict: "changed",
      known: [
        { type: "ssh-ed25519", fingerprint: fingerprint(other.key), file, line: 2 },
        { type: "ecdsa-sha2-nistp256", fingerprint: fingerprint(ecdsa.key), file, line: 3 },
      ],
      certAuthority: false,
    });
  });

  test("name the line that revokes", async () => {
    const file = fresh(`h ${own.text}\n@revoked * ${own.text}\n`);
    const { known } = (await readKnownHosts([file])).judge({ ...host, key: own.key });
    expect(known.map(({ line }) => line)).toEqual([2]);
  });

  test("tell of a certificate authority, which is no match", async () => {
    const known = await readKnownHosts([fresh(`@cert-authority * ${other.text}\n`)]);
    expect(known.judge({ ...host, key: other.key })).toEqual({
      verdict: "unknown",
      known: [],
      certAuthority: true,
    });
  });

  test("tell the types of key to ask for, in the order of the lines", async () => {
    const known = await readKnownHosts([
      fresh(
        `h ${ecdsa.text}\n[h]:2222 ${own.text}\nh ${own.text}\nh ${other.text}\n@revoked h ${own.text}\n`,
      ),
    ]);
    expect(known.keyTypes("h", 22)).toEqual(["ecdsa-sha2-nistp256", "ssh-ed25519"]);
    expect(known.keyTypes("h", 2222)).toEqual(["ssh-ed25519"]);
    expect(known.keyTypes("h", 2223)).toEqual(["ecdsa-sha2-nistp256", "ssh-ed25519"]);
    expect(known.keyTypes("unheard-of", 22)).toEqual([]);
  });

  test("come from several files, and those that are missing hold nothing", async () => {
    const known = await readKnownHosts([fresh(), fresh(`h ${own.text}`), fresh(`@revoked h ${own.text}`)]);
    expect(known.judge({ ...host, key: own.key }).verdict).toBe("revoked");
    expect((await readKnownHosts([fresh(), join(fresh(""), "below-a-file")])).keyTypes("h", 22)).toEqual([]);
  });

  test("that are there and can not be read are an error, since they might revoke", async () => {
    const folder = fresh();
    mkdirSync(folder);
    await expect(readKnownHosts([folder])).rejects.toMatchObject({ code: "host-key" });
  });

  test("with a pattern made to be slow are judged at once", async () => {
    const known = await readKnownHosts([fresh(`${"*a".repeat(2000)} ${own.text}\n`)]);
    expect(known.judge({ host: "a".repeat(1000), port: 22, key: own.key }).verdict).toBe("unknown");
  });
});

describe.runIf(hasKeygen)("ssh-keygen agrees", () => {
  const lines = [
    `plain ${own.text}`,
    `one,two,three ${own.text}`,
    `*.wild.org ${own.text}`,
    `a*c?e ${own.text}`,
    `*,!not.* ${own.text}`,
    `[plain]:2222 ${own.text}`,
    `[*]:2222,*.port ${own.text}`,
    `${hashedHost("plain")} ${own.text}`,
    `${hashedHost("[plain]:2222")} ${own.text}`,
    `@revoked plain ${other.text}`,
    `@cert-authority *.wild.org,plain ${other.text}`,
    `::1,fe80::* ${own.text}`,
    "# plain",
    "plain not-a-key AAAA",
    `10.0.?.*,!10.0.0.1 ${ecdsa.text}`,
  ];
  const names = [
    "plain",
    "two",
    "x.wild.org",
    "wild.org",
    "abcde",
    "ace",
    "not.me",
    "[plain]:2222",
    "[x]:2222",
    "::1",
  ];
  const more = ["fe80::2", "10.0.1.7", "10.0.0.1", "[10.0.0.1]:2222", "a.port", "nothing"];

  test.each([...names, ...more])("which lines speak of %s", (name) => {
    const file = fresh(`${lines.join("\n")}\n`);
    const { stdout } = spawnSync(KEYGEN, ["-F", name, "-f", file], { encoding: "utf8" });
    const found = [...stdout.matchAll(/found: line (\d+)/g)].map(([, line]) => Number(line));
    const ours = parseLines(readFileSync(file, "utf8"), file).filter(({ hosts }) => matchesHost(hosts, name));
    expect(ours.map(({ line }) => line)).toEqual(found);
  });

  test("on the names that it has hashed", async () => {
    const file = fresh(`plain,second ${own.text}\n[plain]:2222 ${other.text}\n`);
    execFileSync(KEYGEN, ["-H", "-f", file], { stdio: "ignore" });
    expect(readFileSync(file, "utf8")).not.toContain("plain");
    const known = await readKnownHosts([file]);
    const judge = (host: string, port: number) => known.judge({ host, port, key: own.key }).verdict;
    expect([judge("plain", 22), judge("second", 22), judge("plain", 2222), judge("x", 22)]).toEqual([
      "known",
      "known",
      "changed",
      "unknown",
    ]);
  });

  test("on fingerprints", () => {
    const file = fresh(`${own.text}\n`);
    const shown = execFileSync(KEYGEN, ["-lf", file], { encoding: "utf8" });
    expect(shown.split(" ")[1]).toBe(fingerprint(own.key));
  });

  test.each([true, false])("on what was added, hashed: %s", async (hash) => {
    const file = fresh();
    await addKnownHost(file, { host: "Some.Host", port: 2222, key: own.key, hash });
    const stdout = execFileSync(KEYGEN, ["-F", "[some.host]:2222", "-f", file], { encoding: "utf8" });
    expect(stdout).toContain(own.text);
    expect(readFileSync(file, "utf8").includes("some.host")).toBe(!hash);
  });
});

describe.runIf(hasSshd() && spawnSync("ssh", ["-V"]).error === undefined)(
  "ssh itself gives the same verdict:",
  () => {
    const verdicts: readonly [RegExp, string][] = [
      [/REVOKED HOST KEY/, "revoked"],
      [/IDENTIFICATION HAS CHANGED/, "changed"],
      [/No \S+ host key is known/, "unknown"],
    ];

    const cases: readonly [string, (name: string, key: string) => string][] = [
      ["its own line", (name, key) => `${name} ${key}`],
      ["nothing", () => ""],
      ["another key", (name) => `${name} ${other.text}`],
      ["another type only", (name) => `${name} ${ecdsa.text}`],
      ["another key, and its own", (name, key) => `${name} ${other.text}\n${name} ${key}`],
      ["the bare name", (_name, key) => `127.0.0.1 ${key}`],
      ["the bare name with another key", () => `127.0.0.1 ${other.text}`],
      ["the bare name right, the full one wrong", (name, key) => `127.0.0.1 ${key}\n${name} ${other.text}`],
      ["revoked", (name, key) => `${name} ${key}\n@revoked * ${key}`],
      ["revoked under the bare name only", (_name, key) => `@revoked 127.0.0.1 ${key}`],
      ["authority only", (_name, key) => `@cert-authority * ${key}`],
      ["wildcard and negation", (_name, key) => `*,!*127.0.0.1* ${key}`],
      ["wildcard", (_name, key) => `[127.0.?.*]:* ${key}`],
      ["hashed", (name, key) => `${hashedHost(name)} ${key}`],
      ["cut short", (name, key) => `${name} ${key.slice(0, 40)}`],
      ["a wrong type name", (name, key) => `${name} ${key.replace("ssh-ed25519", "ssh-rsa")}`],
    ];

    test.each(cases)("%s", async (_title, text) => {
      await using host = await opensshHost();
      const [, ...words] = readFileSync(host.knownHosts, "utf8").trim().split(" ");
      const file = fresh(`${text(`[127.0.0.1]:${host.port}`, words.join(" "))}\n`);
      const strict = ["StrictHostKeyChecking=yes", "BatchMode=yes", `UserKnownHostsFile=${file}`];
      const options = [...strict, "GlobalKnownHostsFile=/dev/null", "IdentitiesOnly=yes"].flatMap((o) => [
        "-o",
        o,
      ]);
      const ssh = spawn(
        "ssh",
        [...options, "-F", "/dev/null", "-i", host.privateKey, "-p", `${host.port}`, "127.0.0.1", "exit 42"],
        {
          stdio: ["ignore", "ignore", "pipe"],
        },
      );
      let stderr = "";
      ssh.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        stderr += chunk;
      });
      const [code] = await once(ssh, "close");
      const theirs =
        code === 42 ? "known" : (verdicts.find(([pattern]) => pattern.test(stderr))?.[1] ?? stderr);
      const known = await readKnownHosts([file]);
      const key = Buffer.from(words[1] ?? "", "base64");
      expect(known.judge({ host: "127.0.0.1", port: host.port, key }).verdict).toBe(theirs);
    });
  },
);

describe("adding a known host", () => {
  const shown = { host: "new.example.com", port: 22, key: own.key };
  const line = `new.example.com ${own.text}\n`;

  test("makes the file and its directory, closed to others", async () => {
    const file = join(temp, "made", "by", "us");
    expect(await addKnownHost(file, shown)).toBe(true);
    expect(readFileSync(file, "utf8")).toBe(line);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(temp, "made", "by")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(temp, "made", "by"))).toEqual(["us"]);
  });

  test("mends a missing last newline, and keeps what is there", async () => {
    const file = fresh(`first ${other.text}`);
    await addKnownHost(file, shown);
    expect(readFileSync(file, "utf8")).toBe(`first ${other.text}\n${line}`);
  });

  test("leaves alone what is known already", async () => {
    const text = `${hashedHost("new.example.com")} ${own.text}\n`;
    const file = fresh(text);
    expect(await addKnownHost(file, shown)).toBe(false);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test.each(["", "@revoked "])("refuses what the file contradicts by now: %s", async (marker) => {
    const text = `${marker}new.example.com ${marker ? own.text : other.text}\n`;
    const file = fresh(text);
    await expect(addKnownHost(file, shown)).rejects.toMatchObject({ code: "host-key" });
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test.each(["a b", "x\nevil", "*", "!x", "|1|x", "#x", "@revoked", "a,b", ""])(
    "refuses the name %j",
    async (host) => {
      const file = fresh();
      await expect(addKnownHost(file, { ...shown, host })).rejects.toMatchObject({ code: "host-key" });
      expect(existsSync(file)).toBe(false);
    },
  );

  test("refuses what is no key", async () => {
    await expect(addKnownHost(fresh(), { ...shown, key: Buffer.from("junk") })).rejects.toThrow(
      "no SSH public key",
    );
  });

  test("adds twenty hosts at once, each once though asked for twice", async () => {
    const file = fresh();
    const hosts = Array.from({ length: 20 }, (_, n) => `host${n}`);
    const added = await Promise.all(
      [...hosts, ...hosts].map((host) => addKnownHost(file, { ...shown, host })),
    );
    expect(added.filter(Boolean)).toHaveLength(20);
    expect(namesIn(file)).toEqual([...hosts].sort());
  });

  test("adds from several processes at once, each host once", async () => {
    const file = fresh();
    const script = fileURLToPath(new URL("./add-known-hosts.ts", import.meta.url));
    const jiti = join(import.meta.dirname, "../../node_modules/.bin/jiti");
    const children = [1, 2, 3].map(() =>
      spawn(process.execPath, [jiti, script, file, own.key.toString("base64")], {
        stdio: ["pipe", "pipe", "inherit"],
      }),
    );
    // All are loaded and wait for their start.
    await Promise.all(children.map(({ stdout }) => once(stdout, "data")));
    for (const { stdin } of children) stdin.end("go\n");
    const codes = await Promise.all(children.map((child) => once(child, "exit")));
    expect(codes.map(([code]) => code)).toEqual([0, 0, 0]);
    expect(namesIn(file)).toEqual(Array.from({ length: 20 }, (_, n) => `host${n}`).sort());
  });

  test("takes over the lock of a process that is dead", async () => {
    const file = fresh();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeFileSync(`${file}.lock`, JSON.stringify({ pid, host: hostname(), id: "gone" }));
    await Promise.all([addKnownHost(file, shown), addKnownHost(file, { ...shown, host: "second" })]);
    expect(namesIn(file)).toEqual(["new.example.com", "second"]);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  function namesIn(file: string): readonly string[] {
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    return lines.map((text) => text.split(" ")[0] ?? "").sort();
  }
});
