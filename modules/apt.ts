import { aptLists, aptPackages, defineModule, sh } from "../src/index.ts";
import { options, refreshes } from "./apt/options.ts";
import { flags, fromFile, held, simulated, stored, upgrades } from "./apt/properties.ts";

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
