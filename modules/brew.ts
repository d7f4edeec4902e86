import { defineModule } from "../src/index.ts";
import { options } from "./brew/options.ts";
import { links, outdated, packages } from "./brew/packages.ts";
import { taps } from "./brew/taps.ts";

/** Manages packages with Homebrew. */
export const brew = defineModule({
  name: "brew",
  category: "Packages",
  summary: "Installs, upgrades and removes formulae and casks with Homebrew, and manages its taps.",
  example: 'brew({ name: ["git", "jq"], state: "latest" })',
  options,
  properties: (wanted) => {
    const { name, tap, state, upgradeAll } = wanted;
    return {
      ...(tap === undefined ? {} : { taps: taps(wanted, tap) }),
      ...(name === undefined ? {} : { packages: packages(wanted, name) }),
      ...(name === undefined || !state.endsWith("linked") ? {} : { links: links(wanted, name) }),
      ...(upgradeAll ? { outdated: outdated(wanted) } : {}),
    };
  },
});
