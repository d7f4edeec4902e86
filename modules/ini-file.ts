import { access, defineModule, editedText } from "../src/index.ts";
import { isDone } from "./ini-file/done.ts";
import { edit } from "./ini-file/edit.ts";
import { options } from "./ini-file/options.ts";

/** Manages settings of ini files. */
export const iniFile = defineModule({
  name: "ini_file",
  category: "Files",
  summary: "Makes sure that an option or a section is, or is not, in an ini file.",
  example: 'iniFile({ path: "/etc/php.ini", section: "PHP", option: "memory_limit", value: "256M" })',
  secretOptions: ["section", "option", "value", "values", "sectionHasValues"],
  options,
  properties: (wanted) => ({
    text: editedText({ dest: wanted.path, ...wanted }, (before) => edit(wanted, before), isDone(wanted)),
    ...(wanted.state === "present" ? access(wanted) : {}),
  }),
});
