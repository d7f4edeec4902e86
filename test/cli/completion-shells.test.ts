import { spawn, spawnSync } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Workplace, watch } from "../support/rcm.ts";

// The real shells, at a terminal: what stands in the line after the keys.

const BIN = fileURLToPath(new URL("../../bin/rcm.js", import.meta.url));

const DUMP = "\x07"; // shows the line as it is, and empties it
const ALL = "\x14"; // puts all that fits into the line

const RC = {
  bash: `source <(rcm completion bash)
bind -x '"\\C-g": printf "<%s>\\n" "$READLINE_LINE"; READLINE_LINE='
bind '"\\C-t": insert-completions'
PS1='ready> '
`,
  zsh: `autoload -Uz compinit && compinit -u -D
source <(rcm completion zsh)
dump() { zle -I; print -r -- "<$BUFFER>"; BUFFER= }
zle -N dump
zle -C all-matches complete-word _generic
zstyle ':completion:all-matches:*' insert true
zstyle ':completion:all-matches:*' completer _all_matches _complete
bindkey '^G' dump '^T' all-matches
PS1='ready> '
`,
};

async function makeWorkplace(): Promise<Workplace> {
  const work = await Workplace.make();
  await mkdir(work.path("bin"));
  await symlink(BIN, work.path("bin/rcm"));
  await work.write("hosts.yaml", "web: { hosts: { web1: , web2: } }\n");
  await work.write(
    "evil.yaml",
    "all: { hosts: { 'h$(touch pwned)`touch pwned`': { ansible_host: 127.0.0.1 } } }\n",
  );
  await mkdir(work.path("folder"));
  await work.write("folder/a b.ts", "");
  return work;
}

function environment(work: Workplace): NodeJS.ProcessEnv {
  return {
    PATH: `${work.path("bin")}:${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: work.dir,
    ZDOTDIR: work.dir,
    RCM_STATE_DIR: work.state,
    TERM: "xterm",
    LC_ALL: "C.UTF-8",
  };
}

/** Types the keys at the shell's prompt, line after line; returns how each line came to look. */
async function typed(
  shell: "bash" | "zsh",
  work: Workplace,
  lines: readonly string[],
): Promise<readonly string[]> {
  await work.write(".zshrc", RC.zsh);
  await work.write("bashrc", RC.bash);
  const command = { bash: "bash --noprofile --rcfile bashrc -i", zsh: "zsh -i" }[shell];
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: work.dir, env: environment(work) });
  const running = watch(child);
  await running.printed("ready> ");
  for (const [i, line] of lines.entries()) {
    child.stdin.write(line + DUMP);
    await running.printed(new RegExp(`(?:<.*>[^]*){${i + 1}}`));
  }
  child.stdin.write("exit\r");
  return [...(await running.ended).stdout.matchAll(/<(.*)>/g)].map(([, text]) => text as string);
}

function has(shell: string): boolean {
  return spawnSync(shell, ["-c", "exit 0"]).status === 0;
}

const hasScript = spawnSync("script", ["--version"]).status === 0;

describe.each(["bash", "zsh"] as const)("%s", (shell) => {
  test.skipIf(!process.env.CI)("is installed", () => {
    expect([has(shell), hasScript]).toEqual([true, true]);
  });

  test.runIf(has(shell) && hasScript)("completes (needs the shell, and util-linux's `script`)", async () => {
    await using work = await makeWorkplace();
    const cases: ReadonlyArray<readonly [keys: string, line: string | RegExp]> = [
      ["rcm ap\t", "rcm apply "],
      ["rcm inventory l\t", "rcm inventory list "],
      ["rcm apply --verb\t", "rcm apply --verbose "],
      ["rcm apply --format pl\t", "rcm apply --format plain "],
      ["rcm apply --format=pl\t", "rcm apply --format=plain "],
      [
        `rcm graph --format ${ALL}`,
        /^rcm graph --format (?:dot|mermaid|svg|text) .*(?:dot|mermaid|svg|text) $/,
      ],
      ["rcm run web wait\t", "rcm run web wait_for "],
      ["rcm run web file sta\t", "rcm run web file state="],
      ["rcm run web file sta\tdir\t", "rcm run web file state=directory "],
      ["rcm apply fol\ta\t", "rcm apply folder/a\\ b.ts "],
      ["rcm run web copy src=fol\ta\t", "rcm run web copy src=folder/a\\ b.ts "],
      ["rcm apply -e @hos\t", /^rcm apply -e \\?@hosts\.yaml $/],
      ["rcm exec -i hosts.yaml we\t1\t", "rcm exec -i hosts.yaml web1 "],
      ["rcm exec -i hosts.yaml al\t", "rcm exec -i hosts.yaml all "],
      ["rcm exec -i 'hosts.yaml' web1:al\t", "rcm exec -i 'hosts.yaml' web1:all "],
      ["rcm exec -i hosts.yaml all:\\!web2\t", "rcm exec -i hosts.yaml all:\\!web2 "],
      ["rcm exec -i absent.yaml we\t", "rcm exec -i absent.yaml we"],
      ["rcm exec -i evil.yaml h\t", "rcm exec -i evil.yaml h\\$\\(touch\\ pwned\\)\\`touch\\ pwned\\` "],
    ];
    const lines = await typed(
      shell,
      work,
      cases.map(([keys]) => keys),
    );
    expect(lines).toEqual(
      cases.map(([, line]) => (typeof line === "string" ? line : expect.stringMatching(line))),
    );
  });
});

describe("fish", () => {
  test.skipIf(!process.env.CI)("is installed", () => {
    expect(has("fish")).toBe(true);
  });

  test.runIf(has("fish"))("completes (needs the shell)", async () => {
    await using work = await makeWorkplace();
    const completed = (line: string): readonly string[] =>
      spawnSync("fish", ["--no-config", "-c", "rcm completion fish | source; complete -C $argv[1]", line], {
        cwd: work.dir,
        env: environment(work),
        encoding: "utf8",
      })
        .stdout.split("\n")
        .slice(0, -1);
    expect(completed("rcm ap")).toEqual(["apply\tbring hosts to what a runbook says"]);
    expect(completed("rcm apply --verb")).toEqual(["--verbose\tshow more (repeatable)"]);
    expect(completed("rcm apply --format=pl")).toEqual(["--format=plain"]);
    expect(completed("rcm graph --format ")).toEqual(["dot", "mermaid", "svg", "text"]);
    expect(completed("rcm run web file state=dir")).toEqual(["state=directory"]);
    expect(completed("rcm apply folder/")).toEqual(["folder/a b.ts"]);
    expect(completed("rcm run web copy src=folder/a")).toEqual(["src=folder/a b.ts"]);
    expect(completed("rcm apply -e @hos")).toEqual(["@hosts.yaml"]);
    expect(completed("rcm exec -i hosts.yaml ")).toEqual(["all", "web", "web1", "web2"]);
    expect(completed("rcm exec -i hosts.yaml all:!web2")).toEqual(["all:!web2"]);
    expect(completed("rcm exec -i absent.yaml ")).toEqual([]);
  });
});
