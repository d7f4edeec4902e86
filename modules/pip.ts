import { defineModule } from "../src/index.ts";
import { environment } from "./pip/environment.ts";
import { options } from "./pip/options.ts";
import { absent, installed } from "./pip/packages.ts";

/** Manages Python packages. */
export const pip = defineModule({
  name: "pip",
  category: "Packages",
  summary: "Installs and removes Python packages with pip, in a virtual environment or beside the system's.",
  example: 'pip({ requirements: "/srv/app/requirements.txt", virtualenv: "/srv/app/venv" })',
  options,
  properties: (wanted) => ({
    ...(wanted.virtualenv === undefined ? {} : { virtualenv: environment(wanted, wanted.virtualenv) }),
    packages: wanted.state === "absent" ? absent(wanted) : installed(wanted),
  }),
});
