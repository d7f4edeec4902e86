import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../../src/testing/free-port.ts";
import { FlowPlace } from "../support/flow-place.ts";

let place: FlowPlace;
beforeEach(async () => {
  place = await FlowPlace.make();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
});

test("F18: http_request, all that it can send, and what it gives", async () => {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      if (request.url === "/gone") response.writeHead(410).end("gone");
      else if (request.url === "/from") response.writeHead(302, { location: "/to?x=1" }).end();
      else {
        response.setHeader("set-cookie", "s=1; Path=/");
        response.end(
          JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }),
        );
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const done = await place.tasks(`
  task "http_request" "post" {
    method  = "POST"
    url     = "${url}/a"
    params  = { q = "a b" }
    json    = { x = [1] }
    headers = { "X-One" = "1" }
    cookies = { c = "2" }
    auth    = ["me", "pw"]
    timeout = { connect = 5, read = 5 }
  }
  task "http_request" "form" {
    method = "PUT"
    url    = "${url}/f"
    data   = { a = "1", b = ["2", "3"] }
  }
  task "http_request" "moved" {
    method = "GET"
    url    = "${url}/from"
  }
  task "http_request" "stay" {
    method          = "GET"
    url             = "${url}/from"
    allow_redirects = false
  }
  task "http_request" "bad" {
    method = "GET"
    url    = "${url}/gone"
  }
  task "http_request" "fine" {
    method           = "GET"
    url              = "${url}/gone"
    raise_for_status = false
  }
  output "it" {
    value = [
      task.http_request.post.response.json, task.http_request.post.response.cookies.s,
      task.http_request.form.response.json.body, jsondecode(task.http_request.moved.response.text).url,
      task.http_request.stay.response.status_code, task.http_request.fine.response.status_code,
    ]
  }`);
    expect(done.code).toBe(2);
    expect(done.log.find((line) => line.includes('http_request.bad" is failed'))).toContain("410 Gone");
    const line = done.log.find((one) => one.startsWith("it = ")) ?? done.stderr;
    const [post, ...rest] = JSON.parse(line.slice(5)) as [
      Record<string, Record<string, string>>,
      ...unknown[],
    ];
    expect(post).toMatchObject({
      ...{ method: "POST", url: "/a?q=a+b", body: '{"x":[1]}' },
      headers: {
        "x-one": "1",
        cookie: "c=2",
        authorization: "Basic bWU6cHc=",
        "content-type": "application/json",
      },
    });
    expect(rest).toEqual(["1", "a=1&b=2&b=3", "/to?x=1", 302, 410]);
  } finally {
    server.close();
  }
});

const SQL = (dsn: string): string => `
  task "sql_exec" "make" {
    dsn = "${dsn}"
    sql {
      statement = "CREATE TABLE t (id INTEGER, name TEXT)"
    }
    sql {
      statement  = "INSERT INTO t VALUES (:id, :name)"
      parameters = [{ id = 1, name = "it's :id" }, { id = 2, name = null }]
    }
  }
  task "sql_row" "all" {
    dsn = "${dsn}"
    sql {
      statement  = "SELECT id, name, ':x' AS x FROM t WHERE id >= :least ORDER BY id"
      parameters = { least = 1 }
    }
    _depends_on = [task.sql_exec.make]
  }
  task "sql_exec" "broken" {
    dsn = "${dsn}"
    sql {
      statement = "DELETE FROM t"
    }
    sql {
      statement = "NONSENSE"
    }
    _depends_on = [task.sql_row.all]
  }
  task "bash_run" "then" {
    command = "true"
  }
  output "it" {
    value = task.sql_row.all.rows
  }
`;

const ROWS = [
  { id: 1, name: "it's :id", x: ":x" },
  { id: 2, name: null, x: ":x" },
];

async function checkSql(dsn: string): Promise<void> {
  const done = await place.tasks(SQL(dsn));
  const line = done.log.find((one) => one.startsWith("it = ")) ?? done.stderr;
  expect(JSON.parse(line.slice(5))).toEqual(ROWS);
  expect(done.log.find((one) => one.includes('sql_exec.broken" is failed'))).toMatch(/NONSENSE|syntax/);
  expect(done.code).toBe(2);
  const again = await place.tasks(
    `task "sql_row" "all" {\n dsn = "${dsn}"\n sql {\n statement = "SELECT count(*) AS n FROM t"\n }\n}\noutput "n" {\n value = task.sql_row.all.rows[0].n\n}`,
  );
  // The transaction that failed has left nothing.
  expect(again.log.find((one) => one.startsWith("n = "))).toMatch(/^n = "?2"?$/);
}

test("F19: sql_exec and sql_row on SQLite", async () => {
  await checkSql(`sqlite:///${place.work.path("app.db")}`);
  const wrong = await place.tasks('task "sql_row" "a" {\n dsn = "oracle://x"\n}\n');
  expect(wrong.stderr).toContain("wanted sqlite:///FILE");
  expect(wrong.stderr).toContain('option "sql" is required');
});

const POSTGRES = [
  "/usr/lib/postgresql/15/bin",
  "/usr/lib/postgresql/16/bin",
  "/usr/lib/postgresql/17/bin",
].find((bin) => existsSync(join(bin, "initdb")));

test.skipIf(POSTGRES === undefined)("F19: sql_exec and sql_row on PostgreSQL", async () => {
  const data = mkdtempSync(join(tmpdir(), "rcm-pg-"));
  const isRoot = userInfo().uid === 0;
  // PostgreSQL does not run as root.
  const as = (command: string, args: readonly string[]): [string, string[]] =>
    isRoot
      ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", command, ...args]]
      : [command, [...args]];
  try {
    if (isRoot) execFileSync("chown", ["postgres", data]);
    writeFileSync(join(data, "pw"), "pg-pass\n");
    chmodSync(join(data, "pw"), 0o644);
    const db = join(data, "db");
    execFileSync(
      ...as(join(POSTGRES as string, "initdb"), [
        "-D",
        db,
        "-U",
        "me",
        "-A",
        "scram-sha-256",
        `--pwfile=${join(data, "pw")}`,
      ]),
      { stdio: "ignore", cwd: data },
    );
    const port = await freePort();
    const server = spawn(
      ...as(join(POSTGRES as string, "postgres"), [
        "-D",
        db,
        "-p",
        String(port),
        "-h",
        "127.0.0.1",
        "-k",
        data,
      ]),
      { cwd: data },
    );
    try {
      await new Promise<void>((resolve, reject) => {
        server.stderr.on(
          "data",
          (chunk: Buffer) => chunk.toString().includes("ready to accept") && resolve(),
        );
        server.once("exit", () => reject(new Error("postgres ended")));
      });
      await checkSql(`postgresql+psycopg2://me:pg-pass@127.0.0.1:${port}/postgres`);
    } finally {
      server.kill("SIGINT");
      await new Promise((resolve) => server.once("exit", resolve));
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});

test("F20: smtp_send, to a server that wants TLS and a login", async () => {
  const dir = mkdtempSync(join(tmpdir(), "rcm-smtp-"));
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, ...names],
    { stdio: "ignore" },
  );
  const { readFileSync } = await import("node:fs");
  const mails: { readonly to: readonly string[]; readonly text: string; readonly user: string }[] = [];
  const server = new SMTPServer({
    ...{ secure: true, key: readFileSync(key), cert: readFileSync(cert) },
    onAuth: ({ username = "", password }, _session, done) =>
      password === "smtp-pass" ? done(null, { user: username }) : done(new Error("wrong password")),
    onData: (stream, session, done) => {
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on("end", () => {
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text,
          user: String(session.user),
        });
        done();
      });
    },
  });
  server.on("error", () => undefined); // a client that does not trust it hangs up
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  await place.work.write("note.txt", "an attachment");
  const mail = (name: string, password: string): string => `
  task "smtp_send" "${name}" {
    client {
      host     = "localhost"
      port     = ${port}
      username = "me"
      password = "${password}"
    }
    subject      = "Grüße"
    message      = "plain text"
    html_message = "<b>html text</b>"
    email_from   = "from@example.com"
    email_to     = ["to@example.com"]
    email_to_cc  = "cc@example.com"
    email_to_bcc = ["bcc@example.com"]
    attachments  = ["note.txt"]
  }`;
  try {
    const flow = `flow "x" {\n${mail("good", "smtp-pass")}\n${mail("bad", "other")}\n}`;
    const done = await place.apply(flow, [], { NODE_EXTRA_CA_CERTS: cert });
    expect(done.log.find((line) => line.includes("good") && !line.includes("started"))).toContain(
      "is successful",
    );
    expect(done.log.find((line) => line.includes('bad" is failed'))).toBeDefined();
    expect(mails).toHaveLength(1);
    expect(mails[0]?.to).toEqual(["to@example.com", "cc@example.com", "bcc@example.com"]);
    expect(mails[0]?.user).toBe("me");
    for (const text of ["plain text", "<b>html text</b>", "note.txt", "=?UTF-8?", "cc@example.com"])
      expect(mails[0]?.text).toContain(text);
    expect((await place.apply(flow)).log.find((line) => line.includes('good" is failed'))).toMatch(
      /certificate/,
    );
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    rmSync(dir, { recursive: true, force: true });
  }
});

test("F20: docker_run gives the host's own program its arguments, and values by the environment", async () => {
  // A stand-in for the program, since containers need a kernel that lets us: it tells what it was called with.
  mkdirSync(place.work.path("bin"));
  await place.work.write(
    "bin/docker",
    '#!/bin/sh\nprintf "%s|" "$@"; echo "TOKEN=$TOKEN"\ncase "$*" in *fail*) exit 5;; esac\n',
  );
  chmodSync(place.work.path("bin/docker"), 0o755);
  const flow = `flow "x" {
  task "docker_run" "a" {
    image       = "alpine:3"
    command     = ["echo", "a b"]
    environment = { TOKEN = "t'1" }
    volumes     = { "/data" = { bind = "/inside", mode = "ro" } }
    ports       = { "80/tcp" = 8080 }
    cap_drop    = ["ALL"]
    read_only   = true
    labels      = { x = "y" }
    working_dir = "/w"
  }
  task "docker_run" "b" {
    image   = "fail"
    command = "exit 5"
    _depends_on = [task.docker_run.a]
  }
}`;
  const done = await place.apply(flow, [], { PATH: `${place.work.path("bin")}:${process.env.PATH}` });
  expect(done.stdout).toBe(
    "run|--rm|--workdir|/w|--cap-drop|ALL|--read-only|--label|x=y|--env|TOKEN|--volume|/data:/inside:ro|--publish|8080:80/tcp|alpine:3|echo|a b|TOKEN=t'1\n" +
      "run|--rm|fail|sh|-c|exit 5|TOKEN=\n",
  );
  expect(done.log.find((line) => line.includes('docker_run.b" is failed'))).toContain("exit status 5");
});
