import { effect, type Property, sh } from "../../src/index.ts";
import { inTable } from "./fstab.ts";
import { find, live, unmounted, withoutDirectory } from "./live.ts";
import type { Options } from "./options.ts";

/** What each state asks for. */
export const states: Readonly<
  Record<Options["state"], (wanted: Options) => Readonly<Record<string, Property>>>
> = {
  mounted: (wanted) => ({ fstab: inTable(wanted), ...live(wanted) }),
  present: (wanted) => ({ fstab: inTable(wanted) }),
  ephemeral: live,
  unmounted: (wanted) => ({ mount: unmounted(wanted) }),
  absent: (wanted) => ({
    mount: unmounted(wanted),
    fstab: inTable(wanted),
    directory: withoutDirectory(wanted),
  }),
  remounted: ({ path: at, opts }) => ({
    mount: effect({
      probe: sh`${find(at)}; if [ -n "$m" ]; then echo mounted; else echo "not mounted"; fi`,
      done: "remounted",
      apply: sh`mount -o ${opts === "defaults" ? "remount" : `remount,${opts}`} ${at}`,
    }),
  }),
};
