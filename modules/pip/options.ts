import { path, text, z } from "../../src/index.ts";

const requirement = text
  .regex(/^[^-\s][^\n]*$/, 'wanted a requirement such as "flask", "flask==3.0.2" or "flask>=3,<4"')
  .refine(
    (value) => !/^(?:[^:@]*\/|file:)/.test(value) || /\.whl$/.test(value),
    "of local files only wheels (.whl) will do: pip would install anything else again and again",
  );

export const options = z
  .strictObject({
    name: z
      .union([requirement, z.array(requirement).min(1)])
      .transform((value) => [value].flat())
      .optional()
      .describe(
        "a requirement or a list of them: `flask`, `flask[async]>=3,<4`, a path or address of a wheel",
      ),
    version: text
      .regex(/^[A-Za-z0-9][A-Za-z0-9.!+*-]*$/, "wanted a version such as 3.0.2")
      .optional()
      .describe("the version of a single `name`"),
    requirements: path.optional().describe("a requirements file on the host"),
    state: z
      .enum(["present", "absent", "latest"])
      .default("present")
      .describe("`latest`: the newest version that the requirements allow"),
    virtualenv: path.optional().describe("a virtual environment, made when there is none"),
    virtualenvCommand: text
      .regex(/^[^-\s]/, "wanted a command such as python3 -m venv")
      .default("python3 -m venv")
      .describe("words of the command that makes it"),
    virtualenvSitePackages: z
      .boolean()
      .default(false)
      .describe("a new virtual environment sees the system's packages, too"),
    executable: path
      .default("pip3")
      .describe("the pip to use outside of virtual environments: a name or a path"),
    breakSystemPackages: z
      .boolean()
      .default(false)
      .describe("install into a Python that the system's package manager keeps (PEP 668)"),
    extraArgs: z
      .array(text.min(1))
      .default([])
      .describe("further words for pip install: `--no-index`, `--find-links=/srv/wheels`"),
  })
  .refine(({ name, requirements }) => !name !== !requirements, "wanted exactly one of name and requirements")
  .refine(
    ({ name, version }) =>
      !version ||
      ([name ?? []].flat().length === 1 && /^[\w.-]+(?:\[[^\]]*\])?$/.test([name ?? []].flat()[0] ?? "")),
    "version goes with a single name that says no version itself",
  )
  .refine(
    ({ state, requirements, version }) => state !== "absent" || !(requirements || version),
    "the state absent wants names alone",
  )
  .refine(
    ({ state, name }) =>
      state !== "absent" || [name ?? []].flat().every((one) => /^[A-Za-z0-9][\w.-]*$/.test(one)),
    "the state absent wants names without versions",
  )
  .refine(
    ({ state, version }) => state !== "latest" || !version,
    "version and the state latest exclude each other",
  );

export type Options = z.output<typeof options>;
