import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Problems, RcmError } from "../../src/errors.ts";
import { Redactor } from "../../src/redact/redactor.ts";
import { randomSecrets, tracesOf } from "../support/secrets.ts";

const MARK = "[REDACTED]";

function redactorOf(...secrets: readonly string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

/** What comes out when the bytes go in, cut at these places. */
function pushed(redactor: Redactor, bytes: Buffer, cuts: readonly number[]): Buffer {
  const out: Buffer[] = [];
  const stream = redactor.stream((data) => out.push(Buffer.from(data)));
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    stream.push(bytes.subarray(at, cut));
    at = cut;
  }
  stream.end();
  return Buffer.concat(out);
}

describe("every promised form of a secret is hidden", () => {
  for (const [i, secret] of randomSecrets(20).entries()) {
    const redactor = redactorOf(secret);
    test(`secret ${i}, whole and cut at every place`, () => {
      for (const [form, trace] of tracesOf(secret)) {
        const bytes = Buffer.concat([Buffer.from("before "), trace, Buffer.from(" after\n")]);
        const whole = pushed(redactor, bytes, []);
        expect(whole.toString(), form).toMatch(/^before .*\[REDACTED\].* after\n$/s);
        expect(whole.includes(trace), form).toBe(false);
        for (let cut = 1; cut < bytes.length; cut += i === 0 ? 17 : 1)
          expect(pushed(redactor, bytes, [cut]).equals(whole), `${form}, cut at ${cut}`).toBe(true);
        expect(
          pushed(
            redactor,
            bytes,
            Array.from({ length: bytes.length }, (_, at) => at),
          ).equals(whole),
        ).toBe(true);
      }
    });
  }
});

describe("as programs print it", () => {
  const secret = `it's "100%" of $HOME & a\\b/c?d=e+f, ü€🔑 ${"long ".repeat(30)}end`;
  const redactor = redactorOf(secret);
  const env = { ...process.env, S: secret };
  const printed = (script: string, shell = "bash"): string =>
    execFileSync(shell, ["-c", script], { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

  test.each([
    ["echo", 'printf "<%s>" "$S"', /^<\[REDACTED\]>$/],
    ["base64 in lines", 'printf %s "$S" | base64', /^\[REDACTED\]=*\n$/],
    ["base64 in the middle", 'printf "user:%s:x" "$S" | base64', /^dXNlcj[^\n]?\[REDACTED\].{0,5}\n$/],
    ["od", 'printf %s "$S" | od -An -v -tx1', /^ \[REDACTED\]\n$/],
    ["printf %q", 'printf "%q" "$S"', /^\[REDACTED\]$/],
    ["export -p", "export -p | grep -a ' S='", /^declare -x S="\[REDACTED\]"\n$/],
    ["set -x", 'exec 2>&1; set -x; : "$S"', /^\+ : '\[REDACTED\]'\n$/],
  ])("%s", (_name, script, wanted) => {
    const text = printed(script);
    expect(text).not.toContain(MARK);
    expect(redactor.text(text)).toMatch(wanted);
  });

  test("dash's way to quote", () => {
    expect(redactor.text(printed("set", "dash"))).toMatch(/^S='\[REDACTED\]'$/m);
  });
});

test("what overlaps is hidden as a whole, and what adjoins too", () => {
  expect(redactorOf("abcd-1", "1-efgh", "cd-1").text("x abcd-1-efgh y abcd-1abcd-1")).toBe(
    `x ${MARK} y ${MARK}`,
  );
});

test("a secret of several lines is hidden line by line, but for lines that stand everywhere", () => {
  const redactor = redactorOf("-----BEGIN KEY-----\r\nfirst line\nabc\n  second\n-----END KEY-----\n");
  expect(redactor.text("| first line\n| abc\n| second\n-----BEGIN KEY-----")).toBe(
    `| ${MARK}\n| abc\n| ${MARK}\n-----BEGIN KEY-----`,
  );
});

test("the same bytes come out where there is no secret, however they are cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "b", "ab", "aab", "Y", "WFi", "61", " 6", "\n", "%61")),
      fc.array(fc.nat(60)),
      (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(""));
        const clean = pushed(redactorOf("aabab"), bytes, []);
        if (!clean.includes(MARK)) expect(clean.toString()).toBe(bytes.toString());
        const sorted = cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b);
        expect(pushed(redactorOf("aabab"), bytes, sorted).toString()).toBe(clean.toString());
      },
    ),
  );
});

test("only what may be the beginning of a secret is held back", () => {
  const out: string[] = [];
  const stream = redactorOf("swordfish").stream((data) => out.push(data.toString()));
  stream.push(Buffer.from("the sword"));
  expect(out.join("")).toBe("the ");
  stream.push(Buffer.from("s are\n"));
  expect(out.join("")).toBe("the swords are\n");
});

test("a secret whose process was ended in the middle of it is hidden as far as it came", () => {
  const out: string[] = [];
  const stream = redactorOf("swordfish").stream((data) => out.push(data.toString()));
  stream.push(Buffer.from("the swordf"));
  stream.end(true);
  stream.push(Buffer.from("the swordf"));
  stream.end();
  expect(out.join("")).toBe(`the ${MARK}the swordf`);
});

test("texts, names, numbers and objects of classes are hidden at any depth; the rest stays as it is", () => {
  const redactor = redactorOf("swordfish", "12345678");
  const value = {
    list: ["a swordfish", { swordfish: 1, n: 12345678 }],
    at: new URL("http://u:swordfish@h/"),
    date: new Date(0),
  };
  expect(redactor.value(value)).toEqual({
    list: [`a ${MARK}`, { [MARK]: 1, n: MARK }],
    at: `http://u:${MARK}@h/`,
    date: new Date(0),
  });
  const clean = { list: ["a fish"], date: new Date(0) };
  expect(redactor.value(clean)).toBe(clean);
});

test("errors are mended where they are, with their causes, lists and stacks", () => {
  const redactor = redactorOf("swordfish");
  const cause = Object.assign(new Error("no swordfish"), { stderr: "swordfish!" });
  const inner = new RcmError("it was swordfish", { code: "step", hint: "try swordfish", cause });
  const error = redactor.error(new Problems([inner], "step"));
  expect(error).toBeInstanceOf(Problems);
  const all = [error, inner, cause]
    .flatMap((one) => [one.message, one.stack, JSON.stringify(one)])
    .join("\n");
  expect(all).toContain(MARK);
  expect(all).not.toContain("swordfish");
  expect(inner.hint).toBe(`try ${MARK}`);
});

test.each(["", "abc", " abc \n"])("%j is too short to be hidden", (secret) => {
  expect(redactorOf(secret).text(`x${secret}y`)).toBe(`x${secret}y`);
});

test("takes linear time, also where every byte begins a secret", () => {
  const redactor = redactorOf(`${"a".repeat(20_000)}b`);
  const size = 4_000_000;
  const used = process.cpuUsage();
  expect(pushed(redactor, Buffer.alloc(size, "a"), [1_000_000, 2_000_000]).length).toBe(size);
  const { user } = process.cpuUsage(used);
  // Looking for it again at each byte would take 80 thousand million steps.
  expect(user / 1000).toBeLessThan(20_000);
});
