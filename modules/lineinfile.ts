import { access, defineModule, editedText, hasLine, type Script } from "../src/index.ts";
import { edit } from "./lineinfile/edit.ts";
import { type Options, options } from "./lineinfile/options.ts";

/** Manages single lines of text files. */
export const lineinfile = defineModule({
  name: "lineinfile",
  category: "Files",
  summary: "Makes sure that a line is, or is not, in a text file.",
  example:
    'lineinfile({ path: "/etc/ssh/sshd_config", regexp: "^#?PermitRootLogin", line: "PermitRootLogin no", validate: "sshd -t -f %s" })',
  secretOptions: ["line", "regexp", "search", "insertafter", "insertbefore"],
  options,
  properties: (wanted) => ({
    text: editedText({ dest: wanted.path, ...wanted }, (before) => edit(wanted, before), isThere(wanted)),
    ...(wanted.state === "present" ? access(wanted) : {}),
  }),
});

/** A line that is there as it stands needs no look at the file's text. */
function isThere({ path, state, line, regexp, search }: Options): Script | undefined {
  const isPlain = state === "present" && regexp === undefined && search === undefined;
  if (!isPlain || line === undefined) return undefined;
  return hasLine(line, path);
}
