import { afterEach, beforeEach, expect, test } from "vitest";
import { FlowPlace } from "../support/flow-place.ts";

// Every example of Runflow's specification, as it is printed there.

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.make();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
});

test("hello.hcl", async () => {
  const done = await place.apply(`
# File: hello.hcl

# Define a flow naming as "hello".
# There can only be only one flow declaration per flow file.
flow "hello" {

  # The task defines what should be done.
  # In this example, we run a bash command \`echo\`.
  task "bash_run" "echo" {
    command = "echo 'hello world'"
  }

}
`);
  expect([done.code, done.stdout]).toEqual([0, "hello world\n"]);
  expect(done.log).toEqual(['"task.bash_run.echo" is started.', '"task.bash_run.echo" is successful.']);
});

test("hello-env.hcl", async () => {
  const done = await place.apply(`
# File: hello-env.hcl
flow "hello-env" {
  task "bash_run" "echo" {
    command = "echo hello $GREETER"
    env = {
        "GREETER" = "world"
    }
  }
}
`);
  expect([done.code, done.stdout]).toEqual([0, "hello world\n"]);
});

test("file_read.hcl", async () => {
  await place.work.write("pyproject.toml", '[tool]\nname = "x"\n');
  const done = await place.apply(`
# File: file_read.hcl
flow "file_read" {
  task "file_read" "this" {
    filename = "pyproject.toml"
  }
  task "bash_run" "this" {
    command = "echo \${tojson(task.file_read.this.content)}"
  }
}
`);
  // tojson puts it in quotes, which are the shell's.
  expect([done.code, done.stdout]).toEqual([0, '[tool]\\nname = "x"\\n\n']);
  expect(done.log).toEqual([
    '"task.file_read.this" is started.',
    '"task.file_read.this" is successful.',
    '"task.bash_run.this" is started.',
    '"task.bash_run.this" is successful.',
  ]);
});

test("invalid_task_with_same_type_and_name.hcl is refused, with its line", async () => {
  const done = await place.apply(`# File: invalid_task_with_same_type_and_name.hcl
# INVALID!

flow "invalid_task_with_same_type_and_name" {
  task "bash_run" "example" {
    command = "echo hello world"
  }

  task "bash_run" "example" {
    command = "echo hello 世界"
  }
}
`);
  expect([done.code, done.stdout]).toEqual([1, ""]);
  expect(done.stderr).toContain('There is task "bash_run" "example" already, in line 5; expected each once');
  expect(done.stderr).toContain("flow.hcl:9:3");
  expect(done.stderr).toContain('9 |   task "bash_run" "example" {');
});

const HELLO_VARS = `
# File: hello_vars.hcl
flow "hello_vars" {
  variable "greeter" {
    default = "world"
    required = true
  }
  task "bash_run" "echo" {
    command = "echo 'hello \${var.greeter}'"
  }
}
`;

test("hello_vars.hcl, with and without --var", async () => {
  expect((await place.apply(HELLO_VARS)).stdout).toBe("hello world\n");
  const done = await place.apply(HELLO_VARS, ["--var", "greeter=runflow2"]);
  expect([done.code, done.stdout]).toEqual([0, "hello runflow2\n"]);
  expect(done.stderr).toMatch(
    /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] "task.bash_run.echo" is started\.$/m,
  );
  expect(done.log).toEqual(['"task.bash_run.echo" is started.', '"task.bash_run.echo" is successful.']);
});

test("sh_example.hcl, with a TypeScript function in place of the Python package", async () => {
  await place.work.write(
    "sh.ts",
    "export const ifconfig = (name: string): string => `${name}: <UP,LOOPBACK>\\n`;\n",
  );
  const done = await place.apply(`
# File: sh_example.hcl
flow "sh_example" {
  import {
    functions = [
      "sh:ifconfig",
    ]
  }
  variable "out" {
    default = "out.txt"
  }
  task "file_write" "this" {
    filename = var.out
    content = ifconfig("lo0")
  }
}
`);
  expect([done.code, done.stderr.includes("failed")]).toEqual([0, false]);
  expect(await place.work.read("out.txt")).toBe("lo0: <UP,LOOPBACK>\n");
});

test("the expressions of the specification", async () => {
  const values = `[
    "hello", 1, 1.0, true, false, [1, 2, 3], ["a", "b"], {"key": "value"}, null,
    tojson({"a" = [1]}, {indent=2}...),
    "echo hello \${lower("WORLD")}",
    join(" ", concat(["echo"], [for s in ["A", "b"] : lower(s)])),
    {for s in ["a", "b"] : s => upper(s)},
    [for k, v in {b = "four", a = "xyz"} : len(k) + len(v)],
    [for s in ["a", "", "b"] : upper(s) if s != ""],
    "\${ 5 }",
    "\${ str(5) }",
    <<EOT
echo 'a
b
c'
EOT
    ,
  ]`;
  const expected = [
    ...["hello", 1, 1, true, false, [1, 2, 3], ["a", "b"], { key: "value" }, null],
    '{\n  "a": [\n    1\n  ]\n}',
    "echo hello world",
    "echo a b",
    { a: "A", b: "B" },
    [4, 5],
    ["A", "B"],
    5,
    "5",
    "echo 'a\nb\nc'\n",
  ];
  expect(await place.value(values)).toEqual(expected);
});
