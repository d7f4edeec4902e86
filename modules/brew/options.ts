import { text, z } from "../../src/index.ts";

const formula = text.regex(
  /^[A-Za-z0-9][A-Za-z0-9@_.+/-]*$/,
  'wanted a formula or cask such as "git", "node@20" or "me/tap/tool"',
);

const tapName = text.regex(/^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/, 'wanted a tap such as "me/tap"');

const listOf = (item: z.ZodType<string, string>) =>
  z.union([item, z.array(item).min(1)]).transform((value) => [value].flat());

export const options = z
  .strictObject({
    name: listOf(formula).optional().describe("a formula or cask, or a list of them"),
    state: z
      .enum(["present", "absent", "latest", "linked", "unlinked"])
      .default("present")
      .describe("`latest`: as new as brew has it; `linked`, `unlinked`: present, and (not) in the path"),
    cask: z.boolean().default(false).describe("the names are casks: applications for macOS"),
    greedy: z.boolean().default(false).describe("with the state latest: also casks that update themselves"),
    tap: listOf(tapName)
      .optional()
      .describe("taps that must be there first; with the state absent and no name, must not"),
    tapUrl: text
      .regex(/^[^-\s]\S*$/, "wanted the address of a git repository")
      .optional()
      .describe("where a single tap's repository is, if it is not on GitHub"),
    installOptions: z
      .array(text.regex(/^--?[A-Za-z]/, "wanted an option such as --HEAD"))
      .default([])
      .describe("further words for `brew install`: `--HEAD`"),
    autoUpdate: z
      .boolean()
      .default(true)
      .describe("let brew update its own knowledge when it installs something, as it does by itself"),
    upgradeAll: z.boolean().default(false).describe("upgrade everything that is outdated"),
  })
  .refine(
    ({ name, tap, upgradeAll }) => name ?? tap ?? upgradeAll,
    "nothing to do: wanted name, tap or upgradeAll",
  )
  .refine(({ tap, tapUrl }) => !tapUrl || tap?.length === 1, "tapUrl goes with a single tap")
  .refine(
    ({ greedy, cask, state }) => !greedy || (cask && state === "latest"),
    "greedy goes with casks and the state latest only",
  )
  .refine(
    ({ cask, state }) => !cask || !state.endsWith("linked"),
    "casks are not linked: linked and unlinked are states of formulae",
  );

export type Options = z.output<typeof options>;
