import { type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** One property, said in the way of each init system; all want the same. */
export type Ways = Readonly<Record<Exclude<Options["use"], "auto">, Property>>;

/** The property in the way of the host's own init system. */
export function bySystem({ use }: Options, ways: Ways): Property {
  if (use !== "auto") return ways[use];
  const choose = (pick: (way: Property) => Script): Script => sh`if [ -d /run/systemd/system ]; then
${pick(ways.systemd)}
elif command -v rc-service >/dev/null 2>&1; then
${pick(ways.openrc)}
else
${pick(ways.sysvinit)}
fi`;
  const scripts = ({ apply }: Property): Script => apply as Script;
  return { probe: choose(({ probe }) => probe), want: ways.systemd.want, apply: choose(scripts) };
}

/** Fails where there is no such init script. */
export function exists(name: string): Script {
  const script = `/etc/init.d/${name}`;
  return sh`if ! [ -x ${script} ]; then echo ${`there is no service ${name}: no ${script}`} >&2; exit 1; fi`;
}
