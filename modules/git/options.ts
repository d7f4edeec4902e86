import { path, text, z } from "../../src/index.ts";

const word = text.regex(/^[^-\s~^:?*[\\][^\s~^:?*[\\]*$/, "wanted the name of a branch or tag, or a commit");

export const options = z
  .strictObject({
    repo: text
      .regex(/^(?:\/|[^-/:][^/:]*:)/, "wanted an address that git knows, or an absolute path")
      .describe("where the repository is: an address that git knows, or a path on the host"),
    dest: path.describe("the folder that it is cloned into"),
    version: word
      .default("HEAD")
      .describe("a branch, a tag or a whole commit id; `HEAD`: the repository's own branch"),
    remote: word.default("origin").describe("name of the remote"),
    depth: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe("fetch no more than so many commits of the history; local commits are then not looked after"),
    singleBranch: z.boolean().default(false).describe("fetch nothing but what `version` names"),
    refspec: text
      .regex(/^[^-\s]\S*$/, "wanted a refspec such as +refs/pull/*:refs/remotes/origin/pull/*")
      .optional()
      .describe("something else to fetch, for a commit that no branch or tag leads to"),
    force: z
      .boolean()
      .default(false)
      .describe("throw away local changes of tracked files, and local commits, that are in the way"),
    update: z.boolean().default(true).describe("false: leave a clone that is there at its version"),
    bare: z.boolean().default(false).describe("a clone without working files: all branches and tags"),
    submodules: z.boolean().default(true).describe("clone and update submodules, too"),
    trackSubmodules: z
      .boolean()
      .default(false)
      .describe("submodules follow their own branches instead of the commits that are recorded"),
    keyFile: path.optional().describe("private SSH key on the host"),
    acceptNewHostKey: z
      .boolean()
      .default(false)
      .describe("trust the key of an SSH server that is not known yet"),
    sshOptions: z
      .array(text.regex(/^[A-Za-z]+[ =]\S/, "wanted an option of ssh such as Port=2222"))
      .default([])
      .describe("options for ssh, as in its configuration: `Port=2222`"),
  })
  .refine(
    ({ bare, force, version, depth, trackSubmodules, refspec, singleBranch }) =>
      !bare || !(force || version !== "HEAD" || depth || trackSubmodules || refspec || singleBranch),
    "bare clones all branches and tags: version, depth, singleBranch, refspec, force and trackSubmodules do not go with it",
  )
  .refine(
    ({ submodules, trackSubmodules }) => submodules || !trackSubmodules,
    "trackSubmodules requires submodules",
  );

export type Options = z.output<typeof options>;
