import { Argument, Command, CommanderError, Option } from "commander";
import { EXIT, exitCodeOf } from "./exit.ts";
import { addFlags, CONNECTION, INVENTORY, OUTPUT, PARAMS, RUN } from "./flags.ts";
import { version } from "./version.ts";

/**
 * The command line. Each command is loaded when it is used, so that `rcm --version` stays quick.
 *
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  const result = { code: EXIT.ok as number };
  forgetFalse(process.env);
  // `rcm modules | head -1`: nobody reads on. A run goes on all the same, for its work is not its words.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", passBrokenPipe);
  process.on(
    "uncaughtException",
    (thrown) => void report(thrown, args).finally(() => process.exit(EXIT.bug)),
  );
  try {
    await program(result).parseAsync([...args], { from: "user" });
    return result.code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    await report(thrown, args);
    return exitCodeOf(thrown);
  }
}

function passBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** Left alone, Node would print an error of a runbook's own functions with whatever is in it. */
async function report(thrown: unknown, args: readonly string[]): Promise<void> {
  const { reportError } = await import("../report/problem.ts");
  const { redactor } = await import("./redactor.ts");
  const verbose = args.includes("-v") || args.includes("--verbose");
  await reportError(redactor.error(thrown), process.stderr, verbose);
}

/** Commander takes a switch for on whatever its variable says; `RCM_BECOME=false` means off. */
function forgetFalse(env: NodeJS.ProcessEnv): void {
  if (/^(?:0|false|no|off|)$/i.test(env.RCM_BECOME ?? "on")) delete env.RCM_BECOME;
}

type Flags = Record<string, unknown>;

const RUNBOOK = "a .ts or .js file, a flow (.hcl), or - for a flow on standard input";

/** The commands and their flags; each command leaves its exit code in `result`. */
export function program(result: { code: number }): Command {
  const rcm = new Command("rcm")
    .description("Typed, resumable, agentless automation over SSH.")
    .version(version(), "-V, --version")
    .showHelpAfterError("(add --help for what there is)")
    .exitOverride()
    .enablePositionalOptions();
  const does =
    (command: (...args: never[]) => Promise<number>) =>
    async (...args: unknown[]): Promise<void> => {
      result.code = await (command as unknown as (...given: unknown[]) => Promise<number>)(
        ...args.slice(0, -1),
      );
    };

  addFlags(rcm.command("apply").argument("<runbook>", RUNBOOK), INVENTORY, PARAMS, CONNECTION, RUN, OUTPUT)
    .description("bring hosts to what a runbook says")
    .option("-C, --check", "only show what would change (= rcm plan)")
    .option("--resume", "go on with the last run of the same runbook, params and hosts that did not complete")
    .action(
      does(async (file: string, flags: Flags) => await (await import("./apply.ts")).apply(file, flags)),
    );

  addFlags(rcm.command("plan").argument("<runbook>", RUNBOOK), INVENTORY, PARAMS, CONNECTION, RUN, OUTPUT)
    .description("show what apply would change; touches nothing")
    .action(
      does(
        async (file: string, flags: Flags) =>
          await (await import("./apply.ts")).apply(file, { ...flags, check: true }),
      ),
    );

  addFlags(
    rcm
      .command("resume")
      .argument("[run]", "id of a run, or its last four letters; the newest resumable one"),
    CONNECTION,
    RUN,
    OUTPUT,
  )
    .description("go on where a run failed, was interrupted or died")
    .action(
      does(
        async (run: string | undefined, flags: Flags) =>
          await (await import("./resume.ts")).resume(run, flags),
      ),
    );

  addFlags(
    rcm
      .command("run")
      .argument("<pattern>", "hosts")
      .argument("<module>", "a step module: its name, a file such as ./modules/migrate.ts, or a package")
      .argument("[options...]", "its options, as name=value"),
    INVENTORY,
    CONNECTION,
    RUN,
    OUTPUT,
  )
    .description("run one step on hosts")
    .option("-C, --check", "only show what would change")
    .action(
      does(
        async (pattern: string, module: string, options: string[], flags: Flags) =>
          await (await import("./adhoc.ts")).runModule(pattern, module, options, flags),
      ),
    );

  addFlags(
    rcm
      .command("exec")
      .argument("<pattern>", "hosts")
      .argument("<command...>", "after --: a command and its arguments, or one shell line"),
    INVENTORY,
    CONNECTION,
    RUN,
    OUTPUT,
  )
    .description("run a command on hosts")
    .action(
      does(
        async (pattern: string, command: string[], flags: Flags) =>
          await (await import("./adhoc.ts")).exec(pattern, command, flags),
      ),
    );

  rcm
    .command("runs")
    .description("list runs, the newest first")
    .addOption(
      new Option("--status <status>", "only those that ended so").choices([
        "completed",
        "failed",
        "halted",
        "died",
        "running",
      ]),
    )
    .option("--runbook <name>", "only those of this runbook")
    .option("--host <name>", "only those in which this host took part")
    .option("--resumable", "only those that can be resumed, and where they stopped")
    .option("--stats", "how many there were of each runbook, how they ended, and how long they took")
    .option("--json", "as JSON")
    .action(does(async (flags: Flags) => await (await import("./runs.ts")).runs(flags)));

  rcm
    .command("forget")
    .argument("<run...>", "ids of runs, or their last four letters")
    .description("delete checkpoints: these runs cannot be resumed any more; what they did is kept")
    .option("--all", "remove all that is kept of them")
    .action(
      does(async (ids: string[], flags: Flags) => await (await import("./runs.ts")).forget(ids, flags)),
    );

  rcm
    .command("show")
    .argument("<run>", "id of a run, or its last four letters")
    .description("show what a run came to, step by step")
    .option("--json", "as JSON")
    .addOption(
      new Option("--format <format>", "as a text, a Markdown report, or an asciicast (asciinema play)")
        .choices(["text", "md", "cast"])
        .default("text"),
    )
    .action(does(async (run: string, flags: Flags) => await (await import("./history.ts")).show(run, flags)));

  rcm
    .command("logs")
    .argument("<run>", "id of a run")
    .argument("[host]")
    .argument("[step]")
    .description("print what steps printed, byte by byte when it does not go to a terminal")
    .option("--stdout", "only standard output")
    .option("--stderr", "only standard error")
    .option("--attempt <n>", "only this attempt, counted from 1 over all times that the step was run")
    .action(
      does(
        async (run: string, host: string | undefined, step: string | undefined, flags: Flags) =>
          await (await import("./history.ts")).logs(run, host, step, flags),
      ),
    );

  addFlags(rcm.command("graph").argument("<runbook>", RUNBOOK), INVENTORY, PARAMS)
    .description("draw the steps of a runbook and what they await")
    .addOption(
      new Option("--format <format>", "how").choices(["text", "mermaid", "dot", "svg"]).default("text"),
    )
    .action(
      does(async (file: string, flags: Flags) => await (await import("./graph.ts")).graph(file, flags)),
    );

  addFlags(rcm.command("validate").argument("<runbook>", RUNBOOK), INVENTORY, PARAMS)
    .description("check all that can be checked before a host is touched")
    .action(
      does(async (file: string, flags: Flags) => await (await import("./validate.ts")).validate(file, flags)),
    );

  const inventory = rcm.command("inventory").description("look at the inventory");
  addFlags(inventory.command("list").argument("[pattern]", "hosts", "all"), INVENTORY)
    .description("print hosts, groups and variables as JSON, as ansible-inventory does")
    .option("--graph", "print the tree of groups")
    .option("--export", "leave variables where they were written")
    .action(
      does(
        async (pattern: string, flags: Flags) => await (await import("./inventory.ts")).list(pattern, flags),
      ),
    );

  rcm
    .command("modules")
    .argument("[module]", "its name, a file, or a package")
    .description("list the step modules, or explain one")
    .option("--json", "as JSON; of one module, its JSON Schema")
    .action(
      does(
        async (name: string | undefined, flags: Flags) =>
          await (await import("./modules.ts")).modules(name, flags),
      ),
    );

  rcm
    .command("functions")
    .argument("[function]", "its name")
    .description("list the functions that flows can call, or explain one")
    .option("--json", "as JSON")
    .action(
      does(
        async (name: string | undefined, flags: Flags) =>
          await (await import("./functions.ts")).functions(name, flags),
      ),
    );

  rcm
    .command("fmt")
    .argument("[files...]", "flows, or folders of them; - for standard input; the folder it is called in")
    .description("lay out flows (.hcl) in their canonical form")
    .option("--check", "write nothing; exit with 1 and name the files that would change")
    .action(
      does(async (files: string[], flags: Flags) => await (await import("./fmt.ts")).fmt(files, flags)),
    );

  rcm
    .command("schema")
    .description("print a JSON Schema of flows and their task types, for editors")
    .action(does(async () => (await import("./schema.ts")).schema()));

  rcm
    .command("convert")
    .argument("<flow>", "a flow (.hcl), or - for one on standard input")
    .description("write a flow as the runbook in TypeScript that does the same")
    .addOption(new Option("--to <language>", "what to write").choices(["ts"]).default("ts"))
    .option("-o, --output <file>", "write to this file, which must not be there yet")
    .action(
      does(async (file: string, flags: Flags) => await (await import("./convert.ts")).convert(file, flags)),
    );

  rcm
    .command("completion")
    .addArgument(new Argument("<shell>", "a shell").choices(["bash", "zsh", "fish"]))
    .description("print the script that lets a shell complete rcm's command lines")
    .action(
      does(async (shell: string) => await (await import("./completion/completion.ts")).completion(shell)),
    );

  return rcm;
}
