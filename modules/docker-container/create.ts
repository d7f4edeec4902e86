import { type Script, sh, withPairs } from "../../src/index.ts";
import { HASH_LABEL, LABEL, type Options } from "./options.ts";

/** The old container makes way only when the new one could be made; if not, it is as it was. */
export function create(wanted: Options, config: string, hash: string): Script {
  const { name: id, networks, state, stopTimeout } = wanted;
  const [, ...others] = networks;
  const old = `${id}.rcm-old`;
  const labels = {
    ...wanted.labels,
    [HASH_LABEL]: hash,
    [LABEL]: config.trimEnd().replaceAll("\n", "\x1f"),
  };
  const more = sh`${flags(wanted)} ${wanted.image ?? ""} ${commandOf(wanted)} >/dev/null`;
  return sh`if "$e" inspect --type container ${id} >/dev/null 2>&1; then
w=$("$e" inspect --type container -f '{{ .State.Running }}' ${id})
"$e" stop -t ${stopTimeout} ${id} >/dev/null
"$e" rm -f ${old} >/dev/null 2>&1 || :
"$e" rename ${id} ${old}
back() { "$e" rm -f ${id} >/dev/null 2>&1 || :; "$e" rename ${old} ${id}; if [ "$w" = true ]; then "$e" start ${id} >/dev/null; fi; }
else w=false; back() { "$e" rm -f ${id} >/dev/null 2>&1 || :; }; fi
trap back EXIT; trap 'exit 1' HUP INT TERM
${withPairs(sh`"$e" create`, wanted.env, labels, more)}
${sh.lines(...others.map((network) => sh`"$e" network connect ${network} ${id}`))}
trap - EXIT
"$e" rm -f ${old} >/dev/null 2>&1 || :
${state === "present" ? sh`if [ "$w" = true ]; then "$e" start ${id} >/dev/null; fi` : sh``}`;
}

function commandOf({ command = [] }: Options): readonly string[] {
  return typeof command === "string" ? command.trim().split(/\s+/) : command;
}

function flags(wanted: Options): readonly string[] {
  const { networks, memory, cpus } = wanted;
  const one = (flag: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`${flag}=${value}`];
  const all = (flag: string, values: readonly string[]): string[] =>
    values.map((value) => `${flag}=${value}`);
  return [
    `--name=${wanted.name}`,
    `--restart=${wanted.restartPolicy}`,
    ...all("--publish", wanted.ports),
    ...all("--volume", wanted.volumes),
    ...one("--network", networks[0]),
    ...one("--entrypoint", wanted.entrypoint),
    ...one("--user", wanted.user),
    ...one("--workdir", wanted.workdir),
    ...one("--hostname", wanted.hostname),
    ...one("--memory", memory),
    ...one("--cpus", cpus),
    ...all("--cap-add", wanted.capAdd),
    ...all("--cap-drop", wanted.capDrop),
    ...all("--device", wanted.devices),
    ...(wanted.privileged ? ["--privileged"] : []),
    ...(wanted.readOnly ? ["--read-only"] : []),
    ...(wanted.init ? ["--init"] : []),
    ...wanted.extraArgs,
  ];
}
