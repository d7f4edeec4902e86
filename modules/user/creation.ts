import { entryOf, type Script, setPassword, sh, withTool } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** Everything that a new user can be made with, so that no number is given away and taken back. */
export function creation(wanted: Options): Script {
  const { name, uid, nonUnique, group, groups, home, shell, comment, system, skeleton, expires, password } =
    wanted;
  const flag = (letter: string, value: string | undefined): string[] =>
    value === undefined ? [] : [letter, value];
  const common = [...flag("-s", shell), ...flag("-u", uid?.toString()), ...flag("-k", skeleton)];
  const useradd = [
    ...[...common, ...flag("-d", home), ...flag("-c", comment), makesHome(wanted) ? "-m" : "-M"],
    ...[
      ...(system ? ["-r"] : []),
      ...(nonUnique ? ["-o"] : []),
      ...(groups?.length ? ["-G", groups.join(",")] : []),
    ],
    ...flag("-e", expires === "never" ? undefined : expires),
  ];
  const adduser = [
    ...["-D", ...common, ...flag("-h", home), ...flag("-g", comment)],
    ...[...(system ? ["-S"] : []), ...(makesHome(wanted) ? [] : ["-H"])],
  ];
  // A group of the user's name is the user's own.
  const primary =
    group === undefined
      ? sh`if [ -n "$(${entryOf("group", name)})" ]; then echo ${name}; fi`
      : sh`echo ${group}`;
  return sh.lines(
    sh`p=$(${primary})`,
    withTool({
      useradd: sh`useradd ${useradd} \${p:+-g "$p"} ${name}`,
      adduser: sh`adduser ${adduser} \${p:+-G "$p"} ${name}`,
    }),
    password !== undefined && setPassword(name, password, wanted.locked),
  );
}

/** Whether there is to be a home directory. */
export function makesHome({ createHome, system, home }: Options): boolean {
  return createHome ?? (!system || home !== undefined);
}
