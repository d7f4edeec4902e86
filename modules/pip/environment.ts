import { type Property, type Script, sh } from "../../src/index.ts";
import type { Options } from "./options.ts";

/** There is a virtual environment. */
export function environment(
  { virtualenvCommand, virtualenvSitePackages }: Options,
  folder: string,
): Property {
  const words = virtualenvCommand.trim().split(/\s+/);
  return {
    probe: sh`if [ -x ${`${folder}/bin/python`} ]; then echo present; else echo absent; fi`,
    want: "present",
    apply: sh`${words} ${virtualenvSitePackages ? ["--system-site-packages"] : []} ${folder} >&2 || { echo "cannot make the virtual environment with "${virtualenvCommand}": is it installed? (Debian: python3-venv)" >&2; exit 1; }`,
  };
}

/** A function `rcm_pip`, which asks nothing and says nothing about itself. */
export function pipFunction({ virtualenv, executable }: Options): Script {
  const program = virtualenv === undefined ? sh`${executable}` : sh`${`${virtualenv}/bin/python`} -m pip`;
  return sh`export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore LC_ALL=C.UTF-8
rcm_pip() { ${program} "$@"; }`;
}

/** What is not on the host yet may come with a step before, or with the virtual environment: a dry run goes on. */
export function there({ virtualenv, executable }: Options): Script {
  return virtualenv === undefined
    ? sh`command -v ${executable} >/dev/null`
    : sh`[ -x ${`${virtualenv}/bin/python`} ]`;
}

/** Fails where there is no pip. */
export function needed(wanted: Options): Script {
  return sh`${there(wanted)} || { echo "there is no "${wanted.executable}" on the host (Debian: python3-pip)" >&2; exit 1; }`;
}
