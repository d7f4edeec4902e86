import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { RcmError } from "../../src/errors.ts";
import { hcl, isTrue, isTruthy, onHost, retry, text } from "../../src/flow/typescript/index.ts";

// What a flow means by its expressions, in TypeScript.

const HERE = fileURLToPath(import.meta.url);
const thrown = (work: () => unknown): RcmError => {
  try {
    work();
  } catch (error) {
    if (error instanceof RcmError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

test("hcl works out expressions with values in them, as a flow does", () => {
  const ports = { web: 80, db: 5432 };
  expect(hcl`[for name, port in ${ports} : upper(name) if port > ${1024}]`).toEqual(["DB"]);
  expect(hcl`${"2"} + 1`).toBe(3);
  expect(hcl`${ports}.web == ${80} ? "\${${"a"}}\t\\" : null`).toBe("a\t\\");
  expect(hcl`${ports}["web"]`).toBe(80);
  expect(hcl`${null}`).toBeNull();
  expect(hcl`toset(["b", "a", "b"])`).toEqual(["a", "b"]);
  expect(hcl`trimspace(<<EOT
 a \`b\` \${${1}}
EOT
)`).toBe("a `b` 1");
});

test("what is in a hole may be worked out only where it counts, or be called", () => {
  let asked = 0;
  const ask = (): number => {
    asked++;
    return 1;
  };
  expect(hcl`${true} ? "yes" : ${ask}`).toBe("yes");
  expect(asked).toBe(0);
  expect(hcl`${ask} + ${ask}`).toBe(2);
  expect(asked).toBe(2);
  expect(hcl`upper(${(name: string, times: number) => name.repeat(times)}("ab", 2))`).toBe("ABAB");
});

test("relative paths begin at the file that the expression stands in", () => {
  expect(hcl`file("typescript.test.ts")`).toBe(readFileSync(HERE, "utf8"));
});

test("mistakes are told with their place in the code, and of the holes by their number", () => {
  const broken = thrown(() => hcl`1 +`);
  expect(broken.message).toContain("Expected a value");
  expect(broken.where?.file).toBe(HERE);
  const wrong = thrown(() => hcl`${1} + ${[]}`);
  expect(wrong.message).toBe('What stands right of "+" is a list; expected a number');
  expect(thrown(() => hcl`${"x"}.name`).message).toBe(
    '"${…} number 1" is a string, which has no attribute "name"',
  );
  expect(thrown(() => hcl`uper("x")`).message).toContain(
    'There is no function "uper", did you mean "upper"?',
  );
  const lost = thrown(() => hcl`upper("x ${"y"}")`);
  expect([lost.message, lost.hint]).toEqual([
    "${…} number 1 stands within a text of the expression",
    "In a text it is \\${${…}}",
  ]);
  expect(thrown(() => hcl`timestamp()`).message).toContain("it is another one in each run");
});

test("text holds values as HCL writes them, and refuses lists", () => {
  expect(text`${1e21} ${true} ${"x"} ${0.5}`).toBe("1000000000000000000000 true x 0.5");
  expect(text`a\n\${b}`).toBe("a\n${b}");
  expect(thrown(() => text`x ${1} ${[1]}`).message).toBe(
    "In this text, ${…} number 2 is a list; expected text, a number or a bool",
  );
});

test("conditions, hosts and retries mean what they mean in a flow", () => {
  expect([isTrue("true"), isTrue(false)]).toEqual([true, false]);
  expect(thrown(() => isTrue(1)).message).toBe("The condition is 1; expected true or false");
  expect([0, "", null, [], {}, undefined, "x", [0]].map(isTruthy)).toEqual([
    ...[false, false, false, false, false, false],
    ...[true, true],
  ]);
  const host = { name: "web1", groups: ["web"], vars: {} };
  expect([onHost(host, "web:!web1"), onHost(host, ["db", "web*"])]).toEqual([false, true]);
  expect(() => onHost(host, "web[0]")).toThrow("cannot count hosts");
  expect(retry`${3}`).toEqual({ max: 3, delay: 0 });
  const rule = retry`{ stop_after = "2 times | 10 seconds", wait = wait_fixed(2) + wait_fixed(1) }`;
  expect(rule).toMatchObject({ max: 2, within: 10_000 });
  expect(rule.wait?.(1)).toBe(3000);
  expect(thrown(() => retry`{ stop = 1 }`).message).toBe(
    '_retry has no "stop"; expected stop_after and wait',
  );
});
