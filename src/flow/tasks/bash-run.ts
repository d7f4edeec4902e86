import { z } from "zod";
import { defineModule } from "../../module/define.ts";
import { text } from "../../module/kit.ts";
import { fileOf } from "../../shell/file.ts";
import { type Script, sh } from "../../shell/script.ts";
import { environment } from "./environment.ts";
import type { ReadResult } from "./task-type.ts";

/** A longer command goes as a file: Linux takes arguments of at most 128 KiB. */
const MAX_INLINE = 32 * 1024;

/** Runs a shell command. */
export const bashRun = defineModule({
  name: "bash_run",
  category: "Flows",
  summary: "Runs a command with bash, or with sh on a host that has no bash.",
  example: 'bashRun({ command: "echo hello $GREETER", env: { GREETER: "world" } })',
  secretOptions: ["command", "env"],
  options: z.strictObject({
    command: text.min(1).describe("what to run, of one line or many"),
    env: environment.default({}).describe("variables to add to the session's environment"),
  }),
  action: ({ command, env }, { secrets }) => {
    // Some expression in it reads one, and may have changed its form.
    const isSecret = secrets.names.length > 0;
    return {
      script: sh.lines(
        ...Object.entries(env).map(([name, value]) => sh`export ${sh.raw(name)}=${value}`),
        sh`set -- "$(command -v bash || command -v sh)"`,
        isSecret ? unseen(command) : seen(command),
      ),
      describe: isSecret ? "run a command" : `run: ${command.split("\n")[0]}`,
    };
  },
});

function seen(command: string): Script {
  return isShort(command) ? sh`exec "$1" -c ${command}` : sh`exec "$1" ${fileOf(command)}`;
}

/** What holds a secret must not show in the host's list of processes: it goes by the environment, and is gone from there. */
function unseen(command: string): Script {
  if (!isShort(command)) return seen(command);
  return sh`export RCM_COMMAND=${command}
exec "$1" -c 'c=$RCM_COMMAND; unset RCM_COMMAND; eval "$c"'`;
}

function isShort(command: string): boolean {
  return Buffer.byteLength(command) <= MAX_INLINE;
}

/** What can be read of it. */
export const bashRunResults: Readonly<Record<string, ReadResult>> = {
  stdout: ({ stdout }) => stdout().trim(),
  stderr: ({ stderr }) => stderr().trim(),
  returncode: ({ result }) => result.exitCode,
};
