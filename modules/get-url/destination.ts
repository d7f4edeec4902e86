import type { Secrets } from "../../src/index.ts";
import { nameIn, type Options } from "./options.ts";

/** The path of the file. Programs get it as an argument, so none of it may be a secret of the URL's. */
export function destination({ dest, url }: Options, secrets: Secrets): string {
  if (!dest.endsWith("/")) return dest;
  const name = nameIn(url);
  const secret = secrets.names.find((one) => name.includes(secrets.get(one)));
  if (secret === undefined) return `${dest}${name}`;
  throw new Error(`url ends with the secret "${secret}": dest must give the name of the file`);
}
