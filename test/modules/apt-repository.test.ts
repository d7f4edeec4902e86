import { expect, test } from "vitest";
import { aptRepository } from "../../modules/index.ts";
import { checkOptions } from "../../src/module/options.ts";

type Options = Parameters<typeof aptRepository>[0];

const repo = "deb https://deb.example.com/debian stable main";
const uris = "https://deb.example.com/debian";

test.each<[Options, RegExp]>([
  [{}, /wanted exactly one of repo and uris/],
  [{ repo, uris, suites: "stable", components: "main" }, /wanted exactly one of repo and uris/],
  [{ repo: "ppa:who/what" }, /option "repo": wanted a line such as "deb https/],
  [{ repo: "deb https://x stable main\ndeb https://y stable main" }, /option "repo"/],
  [{ repo: "deb https://x stable" }, /components are required after the suite/],
  [{ repo: "deb https://x ./ main" }, /components are required after the suite, but for one that ends with/],
  [{ repo, components: "main" }, /go with uris/],
  [{ uris, components: "main" }, /uris and suites go together/],
  [{ uris, suites: "stable" }, /components are required/],
  [{ uris: "deb.example.com", suites: "./" }, /option "uris": wanted an address/],
  [{ repo, signedBy: "/a.gpg", keyUrl: "https://x/key" }, /exclude each other/],
  [{ repo: "deb [signed-by=/a.gpg] https://x s m", keyUrl: "https://x/key" }, /says signed-by already/],
  [{ repo, key: "mQENBF…" }, /option "key": wanted an armoured key/],
  [{ repo, keyUrl: "ftp://x/key" }, /option "keyUrl": wanted an address/],
  [{ repo, keySha256: "0".repeat(64) }, /keySha256 requires keyUrl/],
  [{ repo, filename: "../x" }, /option "filename": wanted the name of a file/],
  [{ repo, mode: "rw" }, /option "mode"/],
])("refuses %j", (options, message) => {
  const checked = checkOptions(aptRepository.definition, options);
  expect(checked.ok ? "" : checked.problems.join("\n")).toMatch(message);
});
