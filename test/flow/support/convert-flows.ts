/** A flow that can be written in TypeScript. */
interface Flow {
  readonly name: string;
  readonly flow: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Files beside it. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Flows of everything that there is, which become runbooks with the same steps. */
export const FLOWS: readonly Flow[] = [
  {
    name: "texts",
    flow: `flow "texts" {
  variable "greeter" {
    default = "world"
  }
  variable "na-me" {
    type    = string
    default = "x"
  }
  task "bash_run" "plain" {
    command = "echo 'hello' \\"q\\" \\\\ \`date\` $\${HOME} %%{x} \\t\\u00e9"
  }
  task "bash_run" "lines" {
    command = <<-EOT
      echo \${var.greeter} \${var.na-me} \${host.name}
        echo \`x\` \\n $\${y}
    EOT
  }
  task "bash_run" "directive" {
    command = "%{ if var.greeter == "world" }echo%{ else }true%{ endif } %{ for x in [1, 2] }\${x}%{ endfor }"
  }
  task "bash_run" "quotes" {
    command = <<-EOT
      one \`
        two
    EOT
    env = { A = "a \` b", B = "\`\\n  c", C = "d \`" }
  }
  task "file_write" "heredoc" {
    filename = "/tmp/\${var.greeter}"
    content  = <<EOT
\${task.bash_run.plain.stdout} and \${upper(task.bash_run.lines.stdout)}
EOT
  }
}
`,
  },
  {
    name: "values",
    params: { ports: [1, 2000], about: { a: "b" } },
    flow: `flow "values" {
  variable "ports" {
    type = list(number)
  }
  variable "about" {
    type        = object({ a = string, b = optional(number) })
    required    = true
    description = "what it is about"
  }
  variable "pair" {
    type    = tuple([string, bool])
    default = ["a", true]
  }
  variable "nothing" {
    type = string
  }
  variable "free" {
    type    = map(any)
    default = { x = 1, "y z" = [null, -2.5e3] }
  }
  variable "from_home" {
    default = pathexpand("~/x")
  }
  output "list" {
    value = [for i, port in var.ports : "\${i}:\${port}" if port > 1024]
  }
  output "object" {
    value = { a = var.about.a, "b c" = var.pair[0], (upper("d")) = var.free["y z"], __proto__ = -1 }
  }
  output "parts" {
    value = [var.about, var.free.x + 1, var.ports[*], true ? 1 : 2, !false, {}, [], var.from_home, null]
  }
  task "copy" "page" {
    dest    = "/srv/page"
    content = var.nothing == null ? "none" : var.nothing
    mode    = "0644"
    owner   = var.nothing
    backup  = null
  }
}
`,
  },
  {
    name: "results",
    flow: `flow "results" {
  task "bash_run" "new" {
    command = "echo 1"
    env     = { A = "b" }
  }
  task "file_read" "read" {
    filename = "/etc/hostname"
  }
  task "hcl2_template" "page" {
    source  = "\${name}: \${upper(name)} \${count} \${var.x} %{ if count > 1 }many%{ endif }"
    context = { name = task.bash_run.new.stdout, "count" = 2 }
  }
  variable "x" {
    default = 3
  }
  task "bash_run" "reads" {
    command = "echo \${task.bash_run.new.command} \${task.bash_run.new.env.A} \${task.bash_run.new.returncode}"
    env = {
      TEXT = task.file_read.read.content
      BOTH = "\${task.bash_run.new.stdout}\${task.hcl2_template.page.content}"
    }
  }
  output "all" {
    value = [task.bash_run.new, facts.os, facts.cpus * 2, can(task.file_read.read.content.x) ? 1 : 2]
  }
  task "http_request" "call" {
    method  = "GET"
    url     = "http://localhost/\${task.bash_run.new.stdout}"
    headers = { A = "b" }
  }
  task "sql_row" "rows" {
    dsn = "sqlite:///x.db"
    sql {
      statement  = "select :code, :one"
      parameters = { code = task.http_request.call.response.status_code, one = 1 }
    }
  }
  output "rows" {
    value = [for row in task.sql_row.rows.rows : row[0]]
  }
}
`,
  },
  {
    name: "own-arguments",
    params: { many: 4 },
    flow: `flow "own" {
  variable "many" {
    type    = number
    default = 2
  }
  task "bash_run" "a" {
    command  = "true"
    _retry   = 3
    _timeout = 10
    _become  = true
  }
  task "bash_run" "b" {
    command     = "true"
    _retry      = { stop_after = "\${var.many} times | 10 seconds", wait = wait_fixed(2) + wait_random(0, 1) }
    _timeout    = var.many * 2
    _become     = "www-data"
    _depends_on = [task.bash_run.a]
  }
  task "bash_run" "c" {
    command     = "true"
    _when       = task.bash_run.a.stdout == "" && facts.os == "Linux"
    _depends_on = [task.bash_run.b, task.bash_run.a.stdout, length(host.groups) > 0]
  }
  task "bash_run" "d" {
    command     = "true"
    _depends_on = [task.bash_run.c]
  }
  task "bash_run" "e" {
    command     = "true"
    _when       = var.many > 1
    _depends_on = [task.bash_run.d]
  }
}
`,
  },
  {
    name: "hosts",
    flow: `flow "hosts" {
  task "bash_run" "first" {
    command = "true"
  }
  task "bash_run" "web" {
    command     = "echo \${host.vars.port}"
    _hosts      = ["web", "!web2"]
    _depends_on = [task.bash_run.first]
  }
  task "bash_run" "db" {
    command     = "true"
    _hosts      = "db:\${host.name == "x" ? "x" : "web2"}"
    _depends_on = [task.bash_run.web, task.bash_run.first]
  }
  task "bash_run" "all" {
    command     = "true"
    _depends_on = [task.bash_run.db, task.bash_run.web]
  }
  output "where" {
    value = host.name == "web1" ? task.bash_run.web.stdout : "elsewhere"
  }
}
`,
  },
  {
    name: "modules",
    flow: `flow "modules" {
  task "apt" "import" {
    name   = ["nginx", "curl"]
    state  = "present"
    _become = true
  }
  task "systemd" "step" {
    name        = "nginx"
    state       = "started"
    enabled     = true
    _depends_on = [task.apt.import]
  }
  task "http" "params" {
    url         = "http://localhost"
    status_code = [200, 204]
    _depends_on = [task.systemd.step]
  }
  task "file" "params" {
    path  = "/srv/x"
    state = "directory"
    mode  = "0755"
  }
  task "command" "ctx" {
    cmd          = "echo \${task.file.params.path}"
    changed_when = false
  }
  output "import" {
    value = task.command.ctx.output
  }
}
`,
  },
  {
    name: "secrets",
    params: { token: "hunter22", tokens: ["first-one", "second-one"] },
    flow: `flow "secrets" {
  variable "token" {
    type      = string
    required  = true
    sensitive = true
  }
  variable "tokens" {
    type      = list(string)
    required  = true
    sensitive = true
  }
  task "bash_run" "login" {
    command = "login \${var.token}"
  }
  task "bash_run" "both" {
    command = "login \${join(",", var.tokens)} \${var.token} \${task.bash_run.login.command}"
  }
  task "bash_run" "none" {
    command     = "true"
    _depends_on = [task.bash_run.login]
  }
  task "bash_run" "condition" {
    command = "true"
    _when   = var.token != ""
  }
}
`,
  },
  {
    name: "flows-within",
    files: {
      "inner.hcl": `flow "inner" {
  variable "who" {
    required = true
  }
  variable "greeting" {
    default = "hello"
  }
  task "bash_run" "greet" {
    command = "echo \${var.greeting} \${var.who}"
  }
  task "bash_run" "again" {
    command = "echo \${upper(task.bash_run.greet.stdout)}"
  }
  output "said" {
    value = task.bash_run.again.stdout
  }
}
`,
    },
    flow: `flow "outer" {
  import {
    tasks = ["./inner.hcl"]
  }
  task "bash_run" "start" {
    command = "whoami"
  }
  task "flow_run" "first" {
    path = "inner.hcl"
    vars = { who = task.bash_run.start.stdout, greeting = "hi" }
    export {
      length = "length(task.bash_run.greet.stdout)"
    }
    _when   = host.name != "x"
    _become = true
  }
  task "inner" "second" {
    who         = "you"
    _depends_on = [task.flow_run.first]
  }
  task "flow_run" "text" {
    source = "flow \\"x\\" {\\ntask \\"bash_run\\" \\"y\\" {\\ncommand = \\"true\\"\\n}\\n}\\n"
  }
  output "all" {
    value = [task.flow_run.first.said, task.flow_run.first.length, task.inner.second.said, task.inner.second.who]
  }
}
`,
  },
  {
    name: "imports",
    files: {
      "tools.ts": `import { defineModule, runbook, z } from "rcm";
import { command } from "rcm/modules";

export const loud = (text: string): string => text.toUpperCase();
export const host = (name: string): string => "host " + name;
export default (a: number, b: number): number => a + b;
export const noteIt = defineModule({
  name: "note",
  category: "Mine",
  summary: "Notes something.",
  example: 'noteIt({ text: "x" })',
  options: z.strictObject({ text: z.string() }),
  changes: false,
  describe: ({ text }) => text,
  run: async ({ text }) => ({ changed: false, message: text, output: text }),
});
export const deploy = runbook("deploy", { params: z.object({ version: z.string() }) }, ({ step, params }) => {
  const done = step("install", command({ cmd: "echo " + params.version }));
  return { done };
});
`,
    },
    flow: `flow "imports" {
  import {
    tasks     = ["./tools.ts:noteIt", "./tools.ts:deploy"]
    functions = { shout = "./tools.ts:loud", add = "./tools.ts", host_name = "./tools.ts:host" }
  }
  task "note" "x" {
    text = shout ("x \${add(1, 2)} \${host_name("a")} \${host.name}")
  }
  task "deploy" "it" {
    version     = shout("v1")
    _depends_on = [task.note.x]
  }
  output "done" {
    value = [task.deploy.it.done, shout(task.note.x.output)]
  }
}
`,
  },
];

/** A flow that cannot be written in TypeScript. */
interface Refused {
  readonly why: string;
  readonly flow: string;
  readonly at: readonly [line: number, column: number];
}

const inFlow = (body: string): string => `flow "x" {\n${body}\n}\n`;

/** Flows that have no counterpart, and where that shows. */
export const REFUSED: readonly Refused[] = [
  {
    why: "timestamp() gives something else in each run",
    flow: inFlow('output "when" {\nvalue = "at ${timestamp()}"\n}'),
    at: [3, 15],
  },
  {
    why: "which flow is run must be written out as a text",
    flow: inFlow('variable "p" {\n}\ntask "flow_run" "x" {\npath = var.p\n}'),
    at: [5, 8],
  },
  {
    why: "all tasks of a type are read at once",
    flow: inFlow('task "bash_run" "a" {\ncommand = "true"\n}\noutput "all" {\nvalue = task.bash_run\n}'),
    at: [6, 9],
  },
  { why: "There is no task type", flow: inFlow('task "bash_rum" "a" {\n}'), at: [2, 6] },
];
