import { defineModule } from "../src/index.ts";
import { own, shared } from "./cron/crontab.ts";
import { options } from "./cron/options.ts";

/** Manages entries of crontabs. */
export const cron = defineModule({
  name: "cron",
  category: "System",
  summary: "Manages jobs and variables in a user's crontab or in a file of /etc/cron.d.",
  example: 'cron({ name: "backup", job: "/usr/local/bin/backup >/dev/null", hour: 3, minute: 30 })',
  secretOptions: ["job"],
  options,
  properties: (wanted) => ({
    crontab: wanted.cronFile === undefined ? own(wanted) : shared(wanted, wanted.cronFile),
  }),
});
