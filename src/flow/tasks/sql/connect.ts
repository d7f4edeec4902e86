import type { Duplex } from "node:stream";
import { messageOf, RcmError } from "../../../errors.ts";
import type { RunHost } from "../../../module/run.ts";
import { asSocket } from "../socket.ts";
import type { Dsn } from "./dsn.ts";
import { sameDisk } from "./same-disk.ts";

/** An open database. */
export interface Database {
  /** How it writes the n-th place for a value. */
  readonly place: (n: number) => string;
  readonly query: (text: string, values: readonly unknown[]) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/** What a statement came to. */
export interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Rows that it changed. */
  readonly count: number;
}

type Value = string | number | boolean | null;

/** Opens a database: a server as the host sees it, a file of SQLite on this machine. */
export async function openDatabase(dsn: Dsn, host: RunHost): Promise<Database> {
  return await { sqlite: openSqlite, postgresql: openPostgres, mysql: openMysql }[dsn.kind](dsn, host);
}

async function openSqlite({ database }: Dsn, host: RunHost): Promise<Database> {
  const { Database: Sqlite } = await driver<SqliteModule>(
    async () => (await import("node-sqlite3-wasm")) as { default: SqliteModule },
    "node-sqlite3-wasm",
    "SQLite",
  );
  if (database !== "" && !(await sameDisk(host)))
    throw new RcmError(
      `The file of a SQLite database must be on the machine that rcm runs on; "${host.name}" is another one`,
      {
        code: "step",
        hint: "run the task on localhost, or use the host's sqlite3 in bash_run",
      },
    );
  const db = new Sqlite(database === "" ? ":memory:" : database);
  return {
    place: () => "?",
    query: async (text, values) => {
      const given = values.map((value) => (typeof value === "boolean" ? Number(value) : value)) as Value[];
      const statement = db.prepare(text);
      try {
        const rows = statement.all(given) as Record<string, unknown>[];
        return { rows, count: Number(db.get("SELECT changes() AS n").n ?? 0) };
      } finally {
        statement.finalize();
      }
    },
    close: async () => db.close(),
  };
}

/** What is used of the driver, which has no types of its own. */
interface SqliteModule {
  readonly Database: new (
    path: string,
  ) => {
    prepare(text: string): { all(values: readonly Value[]): unknown[]; finalize(): void };
    get(text: string): Readonly<Record<string, unknown>>;
    close(): void;
  };
}

async function openPostgres(dsn: Dsn, host: RunHost): Promise<Database> {
  const pg = await driver(async () => await import("pg"), "pg", "PostgreSQL");
  const stream = await streamTo(dsn, 5432, host);
  const { sslmode = "disable" } = dsn.options;
  const client = new pg.Client({
    ...{ user: dsn.user, password: dsn.password, database: dsn.database, host: dsn.host },
    // The driver connects what it is given; this is open already.
    stream: () =>
      Object.assign(asSocket(stream), { connect: () => setImmediate(() => stream.emit("connect")) }) as never,
    ...(sslmode === "disable"
      ? {}
      : { ssl: { rejectUnauthorized: sslmode.startsWith("verify"), servername: dsn.host } }),
  });
  client.on("error", () => undefined); // the query that is under way tells
  await client.connect();
  return {
    place: (n) => `$${n}`,
    query: async (text, values) => {
      const { rows, rowCount } = await client.query(text, [...values]);
      return { rows: rows as Record<string, unknown>[], count: rowCount ?? 0 };
    },
    close: async () => await client.end(),
  };
}

async function openMysql(dsn: Dsn, host: RunHost): Promise<Database> {
  const mysql = await driver(async () => await import("mysql2/promise"), "mysql2", "MySQL");
  const stream = await streamTo(dsn, 3306, host);
  const connection = await mysql.createConnection({
    ...{ user: dsn.user, password: dsn.password, database: dsn.database, host: dsn.host },
    stream: asSocket(stream) as never,
  });
  return {
    place: () => "?",
    query: async (text, values) => {
      const [result] = await connection.query(text, [...values]);
      if (Array.isArray(result)) return { rows: result as Record<string, unknown>[], count: 0 };
      return { rows: [], count: result.affectedRows };
    },
    close: async () => await connection.end(),
  };
}

async function streamTo({ host: address, port }: Dsn, usual: number, host: RunHost): Promise<Duplex> {
  return await host.connect(address || "localhost", port || usual, host.signal);
}

/** @throws RcmError that says what to install */
async function driver<T>(load: () => Promise<{ default: T }>, name: string, what: string): Promise<T> {
  try {
    const loaded = await load();
    return loaded.default ?? (loaded as unknown as T);
  } catch (cause) {
    throw new RcmError(`${what} needs the package "${name}": ${messageOf(cause)}`, {
      code: "step",
      hint: `npm install ${name}`,
      cause,
    });
  }
}
