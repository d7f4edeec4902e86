import { defineModule } from "../src/index.ts";
import { options } from "./package/options.ts";
import { index, installed } from "./package/properties.ts";

/** Manages packages with whatever package manager the host has. */
export const packages = defineModule({
  name: "package",
  category: "Packages",
  summary: "Installs and removes packages with the host's own manager: apt, dnf, yum, apk, pacman or brew.",
  example: 'packages({ name: ["git", "rsync"] })',
  options,
  properties: (wanted) => ({
    ...(wanted.updateCache ? { index: index(wanted) } : {}),
    packages: installed(wanted),
  }),
});
