import { access, defineModule, editedText } from "../src/index.ts";
import { isDone } from "./blockinfile/done.ts";
import { edit, isWanted } from "./blockinfile/edit.ts";
import { options } from "./blockinfile/options.ts";

/** Manages blocks of lines between two marker lines. */
export const blockinfile = defineModule({
  name: "blockinfile",
  category: "Files",
  summary: "Makes sure that a block of lines, between two marker lines, is or is not in a text file.",
  example:
    'blockinfile({ path: "/etc/hosts", marker: "# {mark} cluster", block: "10.0.0.1 db1\\n10.0.0.2 db2" })',
  secretOptions: ["block", "insertafter", "insertbefore"],
  options,
  properties: (wanted) => ({
    text: editedText({ dest: wanted.path, ...wanted }, (before) => edit(wanted, before), isDone(wanted)),
    ...(isWanted(wanted) ? access(wanted) : {}),
  }),
});
