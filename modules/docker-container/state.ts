import { type Property, sh } from "../../src/index.ts";
import { applying, probing } from "./engine.ts";
import type { Options } from "./options.ts";

/** The container runs, or does not. */
export function running(wanted: Options): Property {
  const { name: id, state, stopTimeout } = wanted;
  return {
    probe: probing(
      wanted,
      "absent",
      sh`r=$("$e" inspect --type container -f '{{ .State.Running }}' ${id} 2>/dev/null) || { echo absent; exit 0; }
if [ "$r" = true ]; then echo started; else echo stopped; fi`,
    ),
    want: state,
    apply: applying(
      wanted,
      state === "started"
        ? sh`"$e" start ${id} >/dev/null
sleep 1
if [ "$("$e" inspect --type container -f '{{ .State.Running }}' ${id})" != true ]; then
"$e" logs --tail 5 ${id} >&2 || :; echo "it ended at once, with exit status $("$e" inspect --type container -f '{{ .State.ExitCode }}' ${id}): $("$e" logs --tail 1 ${id} 2>&1)" >&2; exit 1; fi`
        : sh`"$e" stop -t ${stopTimeout} ${id} >/dev/null`,
    ),
  };
}

/** There is no such container. */
export function absent(wanted: Options): Property {
  const { name: id, stopTimeout } = wanted;
  return {
    probe: probing(
      wanted,
      "absent",
      sh`if "$e" inspect --type container ${id} >/dev/null 2>&1; then echo present; else echo absent; fi`,
    ),
    want: "absent",
    apply: applying(
      wanted,
      sh`"$e" stop -t ${stopTimeout} ${id} >/dev/null 2>&1 || :
"$e" rm -f ${id} >/dev/null`,
    ),
  };
}
