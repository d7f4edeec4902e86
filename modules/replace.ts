import { access, defineModule, editedText, type Script, sh } from "../src/index.ts";
import { edit } from "./replace/edit.ts";
import { type Options, options } from "./replace/options.ts";

/** Replaces text in files. */
export const replace = defineModule({
  name: "replace",
  category: "Files",
  summary: "Replaces all that matches a regular expression in a text file.",
  example:
    'replace({ path: "/etc/hosts", regexp: "\\\\bold\\\\.example\\\\.com\\\\b", replace: "new.example.com" })',
  secretOptions: ["regexp", "replace", "after", "before"],
  options,
  properties: (wanted) => ({
    text: editedText({ dest: wanted.path, ...wanted }, (before) => edit(wanted, before), hasNone(wanted)),
    ...access(wanted),
  }),
});

/** Where a plain text does not occur, there is nothing to do. */
function hasNone({ path: file, regexp: source }: Options): Script | undefined {
  if (!/^[\w /=:,@%"'<>~#;!&-]+$/.test(source)) return undefined;
  return sh`[ -f ${file} ] && { rcm_put ${source} | LC_ALL=C grep -qF -f - -- ${file}; [ $? = 1 ]; }`;
}
