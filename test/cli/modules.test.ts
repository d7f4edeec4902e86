import { expect, test, vi } from "vitest";
import * as all from "../../modules/index.ts";
import { modules } from "../../src/cli/modules.ts";

test.each(Object.values(all).map(({ definition: { name } }) => name))(
  "%s explains itself, each option with its type and what it is for",
  async (name) => {
    const print = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await modules(name, {});
    const printed = print.mock.calls.map(([text]) => String(text)).join("");
    print.mockRestore();
    const options = printed.split("Options\n")[1]?.split("\n\n")[0]?.split("\n") ?? [];
    expect(options.length).toBeGreaterThan(0);
    for (const option of options) expect(option).toMatch(/^ {2}\w+( \*)? +\S+ +\S+/);
  },
);
