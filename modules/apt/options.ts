import { duration, path, text, z } from "../../src/index.ts";

const packageName = text.regex(
  /^[a-z0-9][a-z0-9+.-]*[a-z0-9+.](?::[a-z0-9-]+)?(?:=[A-Za-z0-9.+:~-]+\*?)?$/,
  'wanted a package such as "nginx", "nginx=1.22.1-9" or "nginx=1.22*"',
);

export const options = z
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

export type Options = z.output<typeof options>;

/** Whether the package lists are fetched first. */
export function refreshes({
  updateCache,
  cacheValidTime,
}: {
  readonly updateCache?: boolean | undefined;
  readonly cacheValidTime?: number | undefined;
}): boolean {
  return updateCache ?? cacheValidTime !== undefined;
}
