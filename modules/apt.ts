import {
  aptGet,
  aptLists,
  aptPackages,
  defineModule,
  duration,
  type Property,
  path,
  type Script,
  sh,
  text,
  z,
} from "../src/index.ts";

const packageName = text.regex(
  /^[a-z0-9][a-z0-9+.-]*[a-z0-9+.](?::[a-z0-9-]+)?(?:=[A-Za-z0-9.+:~-]+\*?)?$/,
  'wanted a package such as "nginx", "nginx=1.22.1-9" or "nginx=1.22*"',
);

const options = z
  .strictObject({
    name: z
      .union([packageName, z.array(packageName).min(1)])
      .transform((value) => [value].flat())
      .optional()
      .describe("a package or a list of them; `name=1.2` wants that version, `name=1.*` one that begins so"),
    state: z
      .enum(["present", "absent", "latest"])
      .default("present")
      .describe("`latest`: the newest version that apt can get"),
    deb: path.optional().describe("a package file on the host, installed with what it depends on"),
    updateCache: z
      .boolean()
      .optional()
      .describe("fetch the package lists first, if they are older than `cacheValidTime` or the sources"),
    cacheValidTime: duration
      .optional()
      .describe('how old the package lists may be; "1h" unless said otherwise; 0: fetch them every time'),
    upgrade: z
      .enum(["safe", "full", "dist"])
      .optional()
      .describe("upgrade all packages; `full` (or `dist`) may remove some for it, `safe` may not"),
    purge: z.boolean().default(false).describe("remove configuration files, too"),
    autoremove: z.boolean().default(false).describe("remove packages that nothing needs any more"),
    autoclean: z.boolean().default(false).describe("delete stored package files that cannot be had any more"),
    clean: z.boolean().default(false).describe("delete all stored package files"),
    hold: z.boolean().optional().describe("whether apt must keep the packages at their version"),
    defaultRelease: text
      .regex(/^[A-Za-z0-9][\w.+/-]*$/, "wanted a release such as bookworm-backports")
      .optional()
      .describe("the release to take packages from: bookworm-backports"),
    installRecommends: z
      .boolean()
      .optional()
      .describe("whether to install recommended packages, too; as the host is configured when left out"),
    onlyUpgrade: z.boolean().default(false).describe("with the state latest: install nothing new"),
    allowDowngrade: z.boolean().default(false).describe("an older version may replace a newer one"),
    allowChangeHeldPackages: z.boolean().default(false).describe("packages on hold may be changed"),
    allowUnauthenticated: z.boolean().default(false).describe("packages that nobody signed may be installed"),
    dpkgOptions: z
      .array(text.regex(/^[a-z][a-z-]*$/, "wanted an option of dpkg without its --, such as force-confnew"))
      .default(["force-confdef", "force-confold"])
      .describe("options of dpkg; by default it keeps configuration files that were edited"),
    lockTimeout: duration
      .default(60_000)
      .describe("how long to wait while another program holds apt's or dpkg's lock"),
  })
  .refine(
    (all) =>
      all.name ?? all.deb ?? all.upgrade ?? (refreshes(all) || all.autoremove || all.autoclean || all.clean),
    "nothing to do: wanted name, deb, upgrade, updateCache, autoremove, autoclean or clean",
  )
  .refine(({ name, deb }) => !name || !deb, "name and deb exclude each other")
  .refine(({ deb, state }) => !deb || state === "present", "deb goes with the state present only")
  .refine(({ hold, name }) => hold === undefined || name, "hold requires name to be present")
  .refine(({ hold, state }) => !hold || state !== "absent", "what is absent cannot be on hold")
  .refine(
    // What is wrong by itself comes here as it was given.
    ({ name = [], state }) => state === "present" || [name].flat().every((one) => !one.includes("=")),
    "versions (name=1.2) go with the state present only",
  )
  .refine(
    ({ onlyUpgrade, state }) => !onlyUpgrade || state === "latest",
    "onlyUpgrade goes with the state latest only",
  )
  .refine(
    ({ updateCache, cacheValidTime }) => updateCache !== false || cacheValidTime === undefined,
    "cacheValidTime without updateCache has no use",
  );

type Options = z.output<typeof options>;

/** Manages packages of Debian and its kin. */
export const apt = defineModule({
  name: "apt",
  category: "Packages",
  summary: "Installs, upgrades and removes packages with apt.",
  example: 'apt({ name: ["nginx", "curl=7.88*"], updateCache: true })',
  options,
  properties: (wanted) => {
    const { name, state, deb, upgrade, autoremove, autoclean, clean, hold, purge, lockTimeout } = wanted;
    const call = { lockTimeout, options: flags(wanted) };
    const wish = { ...wanted, packages: name ?? [], release: wanted.defaultRelease };
    return {
      ...(refreshes(wanted) ? { lists: aptLists(wanted.cacheValidTime ?? 3_600_000, { lockTimeout }) } : {}),
      ...(upgrade === undefined ? {} : { upgrades: upgrades(wanted, call) }),
      ...(name === undefined ? {} : { packages: aptPackages(wish, call) }),
      ...(deb === undefined ? {} : { deb: fromFile(deb, call) }),
      ...(hold === undefined || state === "absent" ? {} : { held: held(wish.packages, hold) }),
      ...(autoremove ? { unneeded: simulated(sh`autoremove ${purge ? ["--purge"] : []}`, call) } : {}),
      ...(autoclean ? { stale: simulated(sh`autoclean`, call) } : {}),
      ...(clean ? { stored: stored(call) } : {}),
    };
  },
});

interface Call {
  readonly lockTimeout: number;
  readonly options: readonly string[];
}

function refreshes({
  updateCache,
  cacheValidTime,
}: {
  readonly updateCache?: boolean | undefined;
  readonly cacheValidTime?: number | undefined;
}): boolean {
  return updateCache ?? cacheValidTime !== undefined;
}

function flags(wanted: Options): readonly string[] {
  const { installRecommends, dpkgOptions, hold } = wanted;
  return [
    ...dpkgOptions.flatMap((option) => ["-o", `Dpkg::Options::=--${option}`]),
    ...(installRecommends === undefined ? [] : ["-o", `APT::Install-Recommends=${installRecommends}`]),
    ...(wanted.allowDowngrade ? ["--allow-downgrades"] : []),
    // What this very step puts on hold, it may change.
    ...(wanted.allowChangeHeldPackages || hold !== undefined ? ["--allow-change-held-packages"] : []),
    ...(wanted.allowUnauthenticated ? ["--allow-unauthenticated"] : []),
  ];
}

function upgrades({ upgrade, defaultRelease }: Options, call: Call): Property {
  const from = defaultRelease === undefined ? [] : ["-o", `APT::Default-Release=${defaultRelease}`];
  const words = upgrade === "safe" ? ["upgrade", "--with-new-pkgs"] : ["dist-upgrade"];
  return simulated(sh`${from} ${words}`, call);
}

/** What apt-get says that it would do, a line for each package; nothing is wanted. */
function simulated(words: Script, call: Call): Property {
  return {
    probe: sh`o=$(LC_ALL=C apt-get -q -s -o Debug::NoLocking=1 ${[...call.options]} ${words}) || exit 126
printf '%s\\n' "$o" | sed -n -e 's/^Inst \\([^ ]*\\) \\[\\([^]]*\\)\\] (\\([^ ]*\\).*/upgrade \\1 \\2 to \\3/p' -e 's/^Inst \\([^ ]*\\) (\\([^ ]*\\).*/install \\1 \\2/p' -e 's/^\\(Remv\\|Purg\\) \\([^ ]*\\).*/remove \\2/p' -e 's/^Del \\([^ ]* [^ ]*\\).*/delete \\1/p'`,
    want: "",
    apply: aptGet(words, call),
    show: { text: true, value: (lines) => (lines === "" ? "" : `${lines}\n`) },
  };
}

/** Compared by the name and version that the file itself tells. */
function fromFile(deb: string, call: Call): Property {
  const file = deb.includes("/") ? deb : `./${deb}`;
  return {
    probe: sh`if ! [ -f ${file} ]; then echo "there is no file "${file}; exit 0; fi
p=$(dpkg-deb -f ${file} Package) && v=$(dpkg-deb -f ${file} Version) && a=$(dpkg-deb -f ${file} Architecture) || exit 126
[ "$a" = all ] || p=$p:$a
i=$(dpkg-query -W -f '\${db:Status-Status} \${Version}' "$p" 2>/dev/null)
case $i in "installed $v" | "triggers-"*" $v") echo installed ;; installed*) echo "$p \${i#* } instead of $v" ;; *) echo "$p absent" ;; esac`,
    want: "installed",
    apply: sh.lines(
      sh`[ -f ${file} ] || { echo "there is no file "${file}; exit 1; } >&2`,
      aptGet(sh`install -- ${file}`, call),
    ),
  };
}

function held(packages: readonly string[], hold: boolean): Property {
  const names = packages.map((one) => one.replace(/=.*/s, ""));
  return {
    probe: sh`apt-mark showhold ${names} 2>/dev/null | LC_ALL=C sort`,
    want: hold ? [...new Set(names)].sort().join("\n") : "",
    apply: sh`apt-mark ${hold ? "hold" : "unhold"} ${names} >/dev/null`,
    show: { text: false, value: (lines) => lines.replaceAll("\n", ", ") || "none" },
  };
}

function stored(call: Call): Property {
  return {
    probe: sh`eval "$(apt-config shell d Dir::Cache::archives/d)"; find "$d" -maxdepth 1 -name '*.deb' | wc -l | tr -d ' '`,
    want: "0",
    apply: aptGet(sh`clean`, call),
    show: { text: false, value: (count) => `${count} files` },
  };
}
