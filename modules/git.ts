import { defineModule, sh } from "../src/index.ts";
import { options } from "./git/options.ts";
import { refs } from "./git/refs.ts";
import { at } from "./git/repository.ts";
import { submodulesOf } from "./git/submodules.ts";
import { version } from "./git/version.ts";

/** Clones and updates git repositories. */
export const git = defineModule({
  name: "git",
  category: "Files",
  summary: "Clones a git repository, and brings the clone to a branch, tag or commit.",
  example: 'git({ repo: "https://github.com/me/app.git", dest: "/srv/app", version: "v1.2" })',
  options,
  properties: (wanted) => {
    const { bare, submodules, remote, repo } = wanted;
    return {
      ...(bare ? { refs: refs(wanted) } : { version: version(wanted) }),
      remote: {
        probe: sh`command -v git >/dev/null || exit 0; ${at(wanted)} config --get ${`remote.${remote}.url`} 2>/dev/null || :`,
        want: repo,
        apply: sh`${at(wanted)} remote set-url ${remote} ${repo}`,
      },
      ...(submodules && !bare ? { submodules: submodulesOf(wanted) } : {}),
    };
  },
});
