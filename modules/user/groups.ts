import { type Property, sh, withTool } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** The groups that the user is a member of, beside the primary one unless that is among those wanted. */
export function otherGroups({ name, groups, append }: Options): Property | undefined {
  if (groups === undefined || (append && groups.length === 0)) return undefined;
  const wanted = [...new Set(groups)].sort();
  const member = `^[^:]*:[^:]*:[^:]*:([^:]*,)?${name.replaceAll(/[.$]/g, "\\$&")}(,|$)`;
  const others = sh`grep -E ${member} /etc/group | cut -d: -f1 | grep -vxF -e "$p"`;
  const some = sh`${others} | grep -xF ${wanted.flatMap((one) => ["-e", one])}`;
  return {
    probe: sh`p=$(id -gn ${name} 2>/dev/null)
{ for g in ${wanted}; do if [ "$g" = "$p" ]; then echo "$g"; fi; done; ${append ? some : others}; } | LC_ALL=C sort -u | paste -s -d , -`,
    want: wanted.join(","),
    apply: withTool({
      usermod: sh`usermod ${append ? ["-a"] : []} -G ${wanted.join(",")} ${name}`,
      addgroup: sh.lines(
        !append && sh`p=$(id -gn ${name}); for g in $(${others}); do delgroup ${name} "$g"; done`,
        sh`for g in ${wanted}; do addgroup ${name} "$g"; done`,
      ),
    }),
  };
}
