import { defineModule, sh } from "../src/index.ts";
import { options } from "./authorized-key/options.ts";
import { keys, owned } from "./authorized-key/properties.ts";

/** Manages the keys that a user can log in with. */
export const authorizedKey = defineModule({
  name: "authorized_key",
  category: "System",
  summary: "Adds or removes public keys with which a user can log in by SSH.",
  example: 'authorizedKey({ user: "deploy", key: "ssh-ed25519 AAAAC3Nz… ann@laptop", exclusive: true })',
  secretOptions: ["key", "keyOptions", "comment"],
  options,
  properties: (wanted) => {
    if (wanted.state === "absent") return { keys: keys(wanted) };
    const { user, manageDir = wanted.path === undefined } = wanted;
    return {
      ...(manageDir ? { directory: owned(wanted, sh`\${f%/*}`, `${user} 700`) } : {}),
      keys: keys(wanted),
      access: owned(wanted, sh`$f`, `${user} 600`),
    };
  },
});
