import { execFileSync, spawnSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { makeKey, publicLine } from "../../src/testing/make-key.ts";
import { defaultKeyPaths, loadPrivateKey } from "../../src/transport/keys.ts";

const temp = mkdtempSync(join(tmpdir(), "rcm-keys-"));
afterAll(() => rmSync(temp, { recursive: true }));

const KEYGEN = "ssh-keygen";
const hasKeygen = spawnSync(KEYGEN, ["-?"]).error === undefined;
const isRoot = process.getuid?.() === 0;
let files = 0;

function fresh(text?: string): string {
  const path = join(temp, `key-${files++}`);
  if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function keygen(...args: readonly string[]): string {
  const path = fresh();
  // Few rounds: the tests are not about how slow a passphrase can be made.
  execFileSync(KEYGEN, ["-q", "-a", "1", "-f", path, ...args]);
  return path;
}

/** The key signs what its public half, read by another program, can verify. */
async function expectUsable(path: string, passphrase?: string): Promise<void> {
  const key = await loadPrivateKey(path, passphrase);
  expect(key.isPrivateKey()).toBe(true);
  const message = Buffer.from("message");
  const algorithm = key.type === "ssh-rsa" ? "sha256" : undefined;
  expect(key.verify(message, key.sign(message, algorithm), algorithm)).toBe(true);
  if (!hasKeygen) return;
  const shown = execFileSync(KEYGEN, ["-y", "-P", passphrase ?? "", "-f", path], { encoding: "utf8" });
  expect(key.getPublicSSH().toString("base64")).toBe(shown.split(" ")[1]?.trim());
}

describe.runIf(hasKeygen)("a key of ssh-keygen is loaded:", () => {
  const kinds: readonly (readonly string[])[] = [
    ["-t", "ed25519"],
    ["-t", "rsa", "-b", "2048"],
    ["-t", "ecdsa", "-b", "256"],
    ["-t", "ecdsa", "-b", "384"],
    ["-t", "ecdsa", "-b", "521"],
    ["-t", "rsa", "-b", "2048", "-m", "PEM"],
    ["-t", "ecdsa", "-b", "256", "-m", "PEM"],
    ["-t", "rsa", "-b", "2048", "-m", "PKCS8"],
    ["-t", "ecdsa", "-b", "384", "-m", "PKCS8"],
  ];

  test.each(kinds.map((kind) => [kind.join(" "), kind] as const))("%s", async (_title, kind) => {
    await expectUsable(keygen(...kind, "-N", ""));
  });

  test.each(kinds.map((kind) => [kind.join(" "), kind] as const))("%s, encrypted", async (_title, kind) => {
    const path = keygen(...kind, "-N", "open sesame");
    await expect(loadPrivateKey(path)).rejects.toThrow("it is encrypted, and there is no passphrase for it");
    await expect(loadPrivateKey(path, "open says me")).rejects.toThrow("the passphrase is wrong");
    await expectUsable(path, "open sesame");
  });

  test("with its comment, or with its path instead of one", async () => {
    const [named, nameless] = [
      keygen("-t", "ed25519", "-N", "", "-C", "me@home"),
      keygen("-t", "ed25519", "-N", "", "-C", ""),
    ];
    expect((await loadPrivateKey(named)).comment).toBe("me@home");
    expect((await loadPrivateKey(nameless)).comment).toBe(nameless);
  });
});

describe("a key of OpenSSL is loaded:", () => {
  const pairs = [
    ["ed25519", generateKeyPairSync("ed25519")],
    ["rsa", generateKeyPairSync("rsa", { modulusLength: 2048 })],
    ["P-256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
    ["P-521", generateKeyPairSync("ec", { namedCurve: "P-521" })],
  ] as const;

  test.each(pairs)("PKCS#8, %s", async (_name, { privateKey }) => {
    const path = fresh(String(privateKey.export({ type: "pkcs8", format: "pem" })));
    const key = await loadPrivateKey(path);
    const message = Buffer.from("message");
    const algorithm = key.type === "ssh-rsa" ? "sha512" : undefined;
    expect(key.verify(message, key.sign(message, algorithm), algorithm)).toBe(true);
    expect(createPublicKey(key.getPublicPEM()).equals(createPublicKey(privateKey))).toBe(true);
  });

  test.each(pairs)("PKCS#8 encrypted, %s", async (_name, { privateKey }) => {
    const passphrase = "open sesame";
    const path = fresh(
      String(privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase })),
    );
    await expect(loadPrivateKey(path)).rejects.toThrow("it is encrypted");
    await expect(loadPrivateKey(path, "wrong")).rejects.toThrow("the passphrase is wrong");
    await expect(loadPrivateKey(path, "")).rejects.toThrow(/it is encrypted|the passphrase is wrong/);
    expect((await loadPrivateKey(path, passphrase)).isPrivateKey()).toBe(true);
  });
});

describe("a key that can not be used says why, and what to do:", () => {
  const ed25519 = { private: makeKey(), public: publicLine(makeKey()) };
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = (pair: ReturnType<typeof generateKeyPairSync>) =>
    String((pair.privateKey as unknown as typeof rsa.privateKey).export({ type: "pkcs8", format: "pem" }));

  const cases: readonly [string, string, RegExp, RegExp][] = [
    ["public", ed25519.public, /it is a public key, not a private key/, /give the private key/],
    [
      "public in PEM",
      String(rsa.publicKey.export({ type: "spki", format: "pem" })),
      /it is a public key/,
      /private/,
    ],
    ["a certificate", "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1l me", /it is a certificate/, /private/],
    ["PuTTY's", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", /PuTTY's format/, /puttygen/],
    [
      "DSA",
      pem(generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 })),
      /type dsa/,
      /ssh-keygen -t/,
    ],
    ["Ed448", pem(generateKeyPairSync("ed448")), /type ed448/, /ssh-keygen -t/],
    [
      "a curve of Bitcoin's",
      pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" })),
      /type secp256k1/,
      /ssh-keygen/,
    ],
    [
      "a security token's",
      skKey(),
      /type sk-ssh-ed25519@openssh.com, and keys in a security token/,
      /ssh-keygen -t/,
    ],
    ["empty", "", /in no format of a private key/, /ssh-keygen -y/],
    ["something else", "hello", /in no format of a private key/, /ssh-keygen -y/],
    [
      "cut short",
      `${ed25519.private.slice(0, 120)}\n-----END OPENSSH PRIVATE KEY-----`,
      /no whole OpenSSH/,
      /ssh-keygen/,
    ],
    [
      "broken PEM",
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
      /it cannot be read/,
      /ssh-keygen/,
    ],
  ];

  test.each(cases)("%s", async (_title, text, message, hint) => {
    const path = fresh(text);
    const error = await loadPrivateKey(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "auth",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(error).toMatchObject({
      message: expect.stringContaining(`Cannot use the private key "${path}": `),
    });
  });

  test("missing", async () => {
    await expect(loadPrivateKey(fresh())).rejects.toMatchObject({
      code: "auth",
      message: expect.stringMatching("no such file"),
    });
  });

  test("a directory", async () => {
    const path = fresh();
    mkdirSync(path, { mode: 0o700 });
    await expect(loadPrivateKey(path)).rejects.toMatchObject({
      code: "auth",
      message: expect.stringMatching("EISDIR"),
    });
  });

  test.skipIf(isRoot)("not readable", async () => {
    const path = fresh(ed25519.private);
    chmodSync(path, 0);
    await expect(loadPrivateKey(path)).rejects.toThrow("you are not allowed to read it");
  });

  test.each([0o640, 0o604, 0o660, 0o620, 0o777])("open to others: mode %o", async (mode) => {
    const path = fresh(ed25519.private);
    chmodSync(path, mode);
    await expect(loadPrivateKey(path)).rejects.toMatchObject({
      code: "auth",
      message: expect.stringMatching(`its mode is 0${mode.toString(8)}`),
      hint: `chmod 600 '${path}'`,
    });
    chmodSync(path, 0o600);
    expect((await loadPrivateKey(path)).type).toBe("ssh-ed25519");
  });

  test("a public key that stands beside the private one names that", async () => {
    const path = fresh(ed25519.private);
    writeFileSync(`${path}.pub`, ed25519.public, { mode: 0o600 });
    await expect(loadPrivateKey(`${path}.pub`)).rejects.toMatchObject({
      hint: `give the private key: ${path}`,
    });
  });
});

test("a file is parsed once, however often and by however many it is asked for", async () => {
  const path = fresh(makeKey());
  const keys = await Promise.all([loadPrivateKey(path), loadPrivateKey(path), loadPrivateKey(path)]);
  rmSync(path);
  expect(new Set([...keys, await loadPrivateKey(path)]).size).toBe(1);
});

test("of the default keys, those are found that exist", async () => {
  const home = fresh();
  mkdirSync(join(home, ".ssh"), { recursive: true });
  expect(await defaultKeyPaths(home)).toEqual([]);
  for (const name of ["id_rsa", "id_ed25519", "id_dsa"]) writeFileSync(join(home, ".ssh", name), "");
  expect(await defaultKeyPaths(home)).toEqual([join(home, ".ssh/id_ed25519"), join(home, ".ssh/id_rsa")]);
});

/** As ssh-keygen -t ed25519-sk writes it, as far as its header. */
function skKey(): string {
  const field = (value: string | Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(value));
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const publicKey = Buffer.concat([
    field("sk-ssh-ed25519@openssh.com"),
    field(Buffer.alloc(32)),
    field("ssh:"),
  ]);
  const head = [
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    Buffer.from([0, 0, 0, 1]),
  ];
  const base64 = Buffer.concat([...head, field(publicKey), field(Buffer.alloc(16))]).toString("base64");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

test("keys whose public half begins with zeros are made and loaded whole, unlike by ssh2's generator", async () => {
  let privateKey = makeKey();
  while (!/ AAAAC3NzaC1lZDI1NTE5AAAAIA[A-D]/.test(publicLine(privateKey))) privateKey = makeKey();
  await expectUsable(fresh(privateKey));
});
