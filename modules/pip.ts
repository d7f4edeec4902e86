import { defineModule, type Property, path, type Script, sh, text, z } from "../src/index.ts";

const requirement = text
  .regex(/^[^-\s][^\n]*$/, 'wanted a requirement such as "flask", "flask==3.0.2" or "flask>=3,<4"')
  .refine(
    (value) => !/^(?:[^:@]*\/|file:)/.test(value) || /\.whl$/.test(value),
    "of local files only wheels (.whl) will do: pip would install anything else again and again",
  );

const options = z
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

type Options = z.output<typeof options>;

/** Manages Python packages. */
export const pip = defineModule({
  name: "pip",
  category: "Packages",
  summary: "Installs and removes Python packages with pip, in a virtual environment or beside the system's.",
  example: 'pip({ requirements: "/srv/app/requirements.txt", virtualenv: "/srv/app/venv" })',
  options,
  properties: (wanted) => ({
    ...(wanted.virtualenv === undefined ? {} : { virtualenv: environment(wanted, wanted.virtualenv) }),
    packages: wanted.state === "absent" ? absent(wanted) : installed(wanted),
  }),
});

function environment({ virtualenvCommand, virtualenvSitePackages }: Options, folder: string): Property {
  const words = virtualenvCommand.trim().split(/\s+/);
  return {
    probe: sh`if [ -x ${`${folder}/bin/python`} ]; then echo present; else echo absent; fi`,
    want: "present",
    apply: sh`${words} ${virtualenvSitePackages ? ["--system-site-packages"] : []} ${folder} >&2 || { echo "cannot make the virtual environment with "${virtualenvCommand}": is it installed? (Debian: python3-venv)" >&2; exit 1; }`,
  };
}

/** A function `rcm_pip`, which asks nothing and says nothing about itself. */
function pipFunction({ virtualenv, executable }: Options): Script {
  const program = virtualenv === undefined ? sh`${executable}` : sh`${`${virtualenv}/bin/python`} -m pip`;
  return sh`export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore LC_ALL=C.UTF-8
rcm_pip() { ${program} "$@"; }`;
}

/** What is not on the host yet may come with a step before, or with the virtual environment: a dry run goes on. */
function there({ virtualenv, executable }: Options): Script {
  return virtualenv === undefined
    ? sh`command -v ${executable} >/dev/null`
    : sh`[ -x ${`${virtualenv}/bin/python`} ]`;
}

function needed(wanted: Options): Script {
  return sh`${there(wanted)} || { echo "there is no "${wanted.executable}" on the host (Debian: python3-pip)" >&2; exit 1; }`;
}

function wordsOf({ name = [], version, requirements, extraArgs, breakSystemPackages }: Options): Script {
  const wanted =
    requirements === undefined
      ? name.map((one) => (version === undefined ? one : `${one}==${version}`))
      : ["-r", requirements];
  return sh`${breakSystemPackages ? ["--break-system-packages"] : []} ${extraArgs} ${wanted}`;
}

/**
 * Pip itself says what it would install. For the state present it may not look beyond the host: then what is not there
 * cannot be found, and what is there needs no network.
 */
function installed(wanted: Options): Property {
  const { state } = wanted;
  const words = wordsOf(wanted);
  const how = state === "latest" ? sh`--upgrade` : sh`--no-index`;
  return {
    probe: sh.lines(
      sh`if ! ${there(wanted)}; then echo "not installed"; exit 0; fi`,
      pipFunction(wanted),
      sh`o=$(rcm_pip install --dry-run ${how} ${words} 2>&1); r=$?
case $o in
*"no such option: --dry-run"*) echo "pip is too old to look without installing: 22.2 or newer is wanted" >&2; exit 126 ;;
*externally-managed-environment*) echo "the system's package manager keeps this Python: use virtualenv, or set breakSystemPackages" >&2; exit 126 ;;
esac
w=$(printf '%s\\n' "$o" | sed -n 's/^Would install //p')`,
      state === "latest" &&
        sh`if [ $r != 0 ]; then printf '%s\\n' "$o" | grep -v -e '^ *$' >&2; printf '%s\\n' "$o" | grep '^ERROR: ' | tail -n 1 >&2; exit 126; fi`,
      sh`if [ $r != 0 ]; then echo "not installed"; elif [ -n "$w" ]; then echo "not installed: $w"; else echo installed; fi`,
    ),
    want: "installed",
    apply: sh.lines(
      needed(wanted),
      pipFunction(wanted),
      sh`rcm_pip install ${state === "latest" ? ["--upgrade"] : []} ${words}`,
    ),
  };
}

function absent(wanted: Options): Property {
  const { name = [], breakSystemPackages } = wanted;
  return {
    probe: sh.lines(
      sh`if ! ${there(wanted)}; then exit 0; fi`,
      pipFunction(wanted),
      sh`rcm_pip show ${name} 2>/dev/null | sed -n 's/^Name: //p'`,
    ),
    want: "",
    apply: sh.lines(
      pipFunction(wanted),
      sh`rcm_pip uninstall -y ${breakSystemPackages ? ["--break-system-packages"] : []} ${name}`,
    ),
    show: { text: false, value: (names) => names.replaceAll("\n", ", ") || "absent" },
  };
}
