import { expect, test } from "vitest";
import { apt } from "../../modules/index.ts";
import { checkOptions } from "../../src/module/options.ts";

type Options = Parameters<typeof apt>[0];

/** What is wrong with these options; what is right with them is tested in the lab, which has an apt. */
function problems(options: Options): string {
  const checked = checkOptions(apt.definition, options);
  return checked.ok ? "" : checked.problems.join("\n");
}

test.each<[Options, RegExp]>([
  [{}, /nothing to do: wanted name, deb, upgrade, updateCache, autoremove, autoclean or clean/],
  [{ updateCache: false }, /nothing to do/],
  [{ name: [] }, /option "name"/],
  [{ name: "a b" }, /option "name": wanted a package such as "nginx"/],
  [{ name: "-y" }, /wanted a package/],
  [{ name: "a b", state: "absent" }, /wanted a package/],
  [{ name: "nginx-" }, /wanted a package/],
  [{ name: "Nginx" }, /wanted a package/],
  [{ name: ["nginx", "curl=1 2"] }, /option "name(\[1\])?": wanted a package/],
  [{ name: "nginx", deb: "/a.deb" }, /name and deb exclude each other/],
  [{ deb: "/a.deb", state: "absent" }, /deb goes with the state present only/],
  [{ name: "nginx=1", state: "latest" }, /versions \(name=1.2\) go with the state present only/],
  [{ name: "nginx=1", state: "absent" }, /versions/],
  [{ name: "nginx", onlyUpgrade: true }, /onlyUpgrade goes with the state latest only/],
  [{ upgrade: "safe", hold: true }, /hold requires name to be present/],
  [{ name: "nginx", state: "absent", hold: true }, /what is absent cannot be on hold/],
  [{ name: "nginx", updateCache: false, cacheValidTime: "1h" }, /cacheValidTime without updateCache/],
  [{ name: "nginx", cacheValidTime: "soon" }, /option "cacheValidTime": wanted a duration/],
  [{ name: "nginx", dpkgOptions: ["--force-all"] }, /wanted an option of dpkg without its --/],
  [{ name: "nginx", defaultRelease: "-o x" }, /wanted a release such as bookworm-backports/],
])("refuses %j", (options, message) => {
  expect(problems(options)).toMatch(message);
});

test.each<[Options]>([
  [{ name: "g++" }],
  [{ name: ["libc6:amd64", "nginx=1:1.22.1-9+deb12u1~bpo", "curl=7.88*"], hold: true }],
  [{ cacheValidTime: "1h" }],
  [{ upgrade: "full", autoremove: true, clean: true }],
  [{ deb: "/tmp/a.deb", lockTimeout: 0 }],
])("takes %j", (options) => {
  expect(problems(options)).toBe("");
});
