import { aptLists, aptPackages, type Property, type Script, sh } from "../../src/index.ts";
import { byManager, type Manager, missing } from "./managers.ts";
import type { Options } from "./options.ts";

/** An index of packages that is older than this is fetched anew, in milliseconds. */
const VALID = 3_600_000;

/** The packages are as the state says. */
export function installed(wanted: Options): Property {
  const { name, state } = wanted;
  const property = aptPackages({ packages: name, state });
  const wants = name.map((one) => `${one} ${state}`);
  const words = (manager: Manager): Script =>
    state === "absent" ? manager.remove : state === "latest" ? manager.upgrade : manager.install;
  return {
    ...property,
    want: wants.join("\n"),
    probe: byManager(
      wanted,
      property.probe,
      (manager) => look(name, state, manager),
      sh`for n in ${name}; do echo "$n ?"; done`,
    ),
    apply: byManager(
      wanted,
      property.apply as Script,
      (
        manager,
      ) => sh`set --; for n in ${name}; do ${state === "absent" ? sh`if` : sh`if !`} { ${right(state, manager)}; }; then set -- "$@" "$n"; fi; done
${words(manager)}`,
      missing,
    ),
  };
}

function right(state: Options["state"], { isThere, isOutdated }: Manager): Script {
  return state === "latest" ? sh`${isThere} && ! { ${isOutdated}; }` : isThere;
}

function look(name: readonly string[], state: Options["state"], { isThere, isOutdated }: Manager): Script {
  const is =
    state === "latest"
      ? sh`if ${isOutdated}; then echo "$n outdated"; else echo "$n latest"; fi`
      : sh`echo "$n present"`;
  return sh`for n in ${[...name]}; do if ${isThere}; then ${is}; else echo "$n absent"; fi; done`;
}

/** The manager's index is fresh. */
export function index(wanted: Options): Property {
  const { probe, apply } = aptLists(VALID);
  return {
    probe: byManager(
      wanted,
      probe,
      (manager) =>
        manager.index
          ? sh`if [ -n "$(find ${manager.index.folder} -prune -mmin -60 2>/dev/null)" ]; then echo fresh; else echo old; fi`
          : sh`echo fresh`,
      sh`echo "?"`,
    ),
    want: "fresh",
    apply: byManager(
      wanted,
      apply as Script,
      (manager) => (manager.index ? sh`${manager.index.fetch} && touch ${manager.index.folder}` : sh`:`),
      missing,
    ),
  };
}
