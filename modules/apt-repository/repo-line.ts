/** A source as one line. */
export const LINE =
  /^(?<type>deb|deb-src)[ \t]+(?:\[(?<options>[^\]\n]*)\][ \t]+)?(?<uri>[a-z+]+:\S+)[ \t]+(?<suite>\S+)(?<components>(?:[ \t]+\S+)*)[ \t]*$/;

/** What such a line says, by the names of its parts. */
export function partsOf(repo: string | undefined): Readonly<Record<string, string | undefined>> {
  return LINE.exec(repo ?? "")?.groups ?? {};
}

/** Whether the suite is a path, so that there are no components. */
export function isPath(repo: string): boolean {
  return partsOf(repo).suite?.endsWith("/") ?? false;
}

/** The line, with the key that the source must be signed with. */
export function line(repo: string, signedBy: string | undefined): string {
  if (signedBy === undefined) return repo.trim();
  const { type, options: given = "", uri: address, suite, components = "" } = partsOf(repo);
  return `${type} [${`${given.trim()} signed-by=${signedBy}`.trim()}] ${address} ${suite}${components}`.trim();
}
