import { createHash } from "node:crypto";
import { type Property, type Script, settingLines, sh } from "../../src/index.ts";
import { create } from "./create.ts";
import { applying, probing } from "./engine.ts";
import { HASH_LABEL, LABEL, type Options } from "./options.ts";

/** The configuration is a label of the container, and its hash another one: so it can be compared, and shown as a diff. */
export function container(wanted: Options): Property {
  const { name: id, image: reference = "", recreate } = wanted;
  const config = describe(wanted);
  const hash = createHash("sha256").update(config).digest("hex");
  const label = (name: string): Script =>
    sh`"$e" inspect --type container -f ${`{{ index .Config.Labels "${name}" }}`} ${id} 2>/dev/null`;
  return {
    probe: probing(
      wanted,
      "absent",
      sh`i=$("$e" inspect --type container -f '{{ .Image }}' ${id} 2>/dev/null) || { echo absent; exit 0; }
${
  recreate
    ? sh`h=$(${label(HASH_LABEL)})
n=$("$e" image inspect -f '{{ .Id }}' ${reference} 2>/dev/null)
if [ "\${i#sha256:}" != "\${n#sha256:}" ]; then echo "another image"; elif [ "$h" != ${hash} ]; then echo "another configuration"; else echo ${hash}; fi`
    : sh`echo ${hash}`
}`,
    ),
    want: hash,
    apply: applying(wanted, create(wanted, config, hash)),
    text: {
      was: probing(
        wanted,
        "",
        sh`l=$(${label(LABEL)}) || exit 0
rcm_put "$l" | tr '\\037' '\\n' | sed -e '/^<no value>$/d' -e '/^ *$/d'; echo
i=$("$e" inspect --type container -f '{{ .Image }}' ${id}); n=$("$e" image inspect -f '{{ .Id }}' ${reference} 2>/dev/null)
[ "\${i#sha256:}" = "\${n#sha256:}" ] || echo "(made from an image that had this name before)"`,
      ),
      want: config,
    },
  };
}

/** What makes up the container, as opposed to what is done with it. */
function describe(wanted: Options): string {
  const { state: _, pull: _p, recreate: _r, stopTimeout: _s, engine: _e, ...config } = wanted;
  return settingLines(config, ["env"]);
}
