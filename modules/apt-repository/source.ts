import { type Property, place, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";
import { line, partsOf } from "./repo-line.ts";

/** From `https://download.docker.com/linux/debian` comes `download_docker_com_linux_debian`. */
export function nameOf({ filename, repo, uris }: Options): string {
  const address = partsOf(repo).uri ?? uris?.[0] ?? "";
  const name = address.replace(/^[a-z+]+:\/*/, "").replaceAll(/[^A-Za-z0-9]+/g, "_");
  return filename ?? (name.replaceAll(/^_+|_+$/g, "") || "rcm_repo");
}

/** What the source's file holds. */
export function contentOf(wanted: Options, signedBy: string | undefined): string {
  return wanted.repo === undefined ? stanza(wanted, signedBy) : `${line(wanted.repo, signedBy)}\n`;
}

function stanza(wanted: Options, signedBy: string | undefined): string {
  const { types = ["deb"], uris, suites, components, architectures, trusted, enabled } = wanted;
  const yesOrNo = (value: boolean | undefined): string | undefined =>
    value === undefined ? undefined : value ? "yes" : "no";
  const fields: ReadonlyArray<readonly [string, string | undefined]> = [
    ["Enabled", yesOrNo(enabled)],
    ["Types", types.join(" ")],
    ["URIs", uris?.join(" ")],
    ["Suites", suites?.join(" ")],
    ["Components", components?.join(" ")],
    ["Architectures", architectures?.join(" ")],
    ["Trusted", yesOrNo(trusted)],
    ["Signed-By", signedBy],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\n`])).join("");
}

/** The file holds just this. */
export function written(file: string, content: string, mode: string): Property {
  return {
    probe: sh`cat ${file} 2>/dev/null`,
    want: content,
    apply: place({ dest: file, source: content, mode }),
    exact: true,
    show: { text: true, value: (lines) => lines },
  };
}

/** There is no such file. */
export function gone(file: string): Property {
  return {
    probe: sh`if [ -e ${file} ]; then echo present; else echo absent; fi`,
    want: "absent",
    apply: sh`rm -f ${file}`,
  };
}
