import type { Options } from "./options.ts";

/** As below /proc/sys: where the first separator is a dot, dots and slashes change places. */
export function slashed(name: string): string {
  if (/^[^./]*\//.test(name)) return name;
  return name.replaceAll(/[./]/g, (one) => (one === "." ? "/" : "."));
}

/** One line, where the last one was; a value that is there already stays as it is written. */
export function edit({ name, value, state }: Options, before: string | undefined): string | undefined {
  const lines = (before ?? "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const valueIn = (line: string): string | undefined => {
    const [, key, said] = /^\s*-?\s*([^#;=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return key !== undefined && slashed(key) === slashed(name) ? said : undefined;
  };
  const last = lines.findLastIndex((line) => valueIn(line) !== undefined);
  const old = lines[last];
  const isRight = old !== undefined && valueIn(old)?.replaceAll(/[ \t]+/g, " ") === value;
  const wanted = state === "absent" ? [] : [isRight ? old : `${name} = ${value}`];
  const others = (line: string): boolean => valueIn(line) === undefined;
  const after =
    last < 0
      ? [...lines, ...wanted]
      : [...lines.slice(0, last).filter(others), ...wanted, ...lines.slice(last + 1)];
  if (after.length === lines.length && after.every((line, i) => line === lines[i])) return before;
  return after.map((line) => `${line}\n`).join("");
}
