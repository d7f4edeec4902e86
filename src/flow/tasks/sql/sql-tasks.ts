import { z } from "zod";
import { defineModule } from "../../../module/define.ts";
import type { RunHost } from "../../../module/run.ts";
import { type Answer, type Database, openDatabase } from "./connect.ts";
import { type Dsn, readDsn } from "./dsn.ts";
import { prepareStatement } from "./statement.ts";

const parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const statement = z.strictObject({
  statement: z.string().min(1).describe("SQL, with :name for values"),
  parameters: z
    .union([parameters, z.array(parameters)])
    .optional()
    .describe("the values, by name; or a list of such, and the statement is run for each"),
});

const dsn = z
  .string()
  .transform((text, ctx) => {
    const read = readDsn(text);
    if (read) return read;
    ctx.addIssue({
      code: "custom",
      message:
        "wanted sqlite:///FILE, postgresql://USER:PASSWORD@HOST/NAME or mysql://USER:PASSWORD@HOST/NAME",
    });
    return z.NEVER;
  })
  .describe("the database, as SQLAlchemy writes it; a server is reached from the host");

type Statement = z.output<typeof statement>;

/** Runs statements of SQL. */
export const sqlExec = defineModule({
  name: "sql_exec",
  category: "Flows",
  summary: "Runs statements of SQL in one transaction, on SQLite, PostgreSQL or MySQL.",
  example: 'sqlExec({ dsn: "sqlite:///app.db", sql: [{ statement: "DELETE FROM sessions" }] })',
  secretOptions: ["dsn", "sql"],
  options: z.strictObject({
    dsn,
    sql: z.array(statement).min(1, "wanted one sql block or more").describe("the statements, in their order"),
    autocommit: z
      .boolean()
      .default(true)
      .describe(
        "true: all in one transaction, which is committed at the end; false: as the statements themselves say",
      ),
  }),
  changes: true,
  describe: ({ sql }) => `would run ${sql.length} statement${sql.length === 1 ? "" : "s"} of SQL`,
  run: async ({ dsn: source, sql, autocommit }, host) =>
    await within(source, host, async (database) => {
      if (autocommit) await database.query("BEGIN", []);
      const counts: number[] = [];
      try {
        for (const one of sql) for (const { count } of await runAll(database, one)) counts.push(count);
        if (autocommit) await database.query("COMMIT", []);
      } catch (error) {
        if (autocommit) await database.query("ROLLBACK", []).catch(() => undefined); // the first error counts
        throw error;
      }
      const rows = counts.reduce((sum, count) => sum + count, 0);
      return { changed: true, message: `${rows} rows`, output: { rowcounts: counts } };
    }),
});

/** Reads rows. */
export const sqlRow = defineModule({
  name: "sql_row",
  category: "Flows",
  summary: "Gives the rows that a statement of SQL finds, on SQLite, PostgreSQL or MySQL.",
  example: 'sqlRow({ dsn: "sqlite:///app.db", sql: [{ statement: "SELECT * FROM users" }] })',
  secretOptions: ["dsn", "sql"],
  options: z.strictObject({
    dsn,
    sql: z.array(statement).length(1, "require one sql block").describe("the statement"),
  }),
  changes: false,
  describe: () => "would look up rows",
  run: async ({ dsn: source, sql }, host) =>
    await within(source, host, async (database) => {
      const answers = await runAll(database, sql[0] as Statement);
      const rows = answers.flatMap((answer) => answer.rows).map(plainRow);
      return { changed: false, message: `${rows.length} rows`, output: { rows } };
    }),
});

async function within<T>(source: Dsn, host: RunHost, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(source, host);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function runAll(
  database: Database,
  { statement: text, parameters: given }: Statement,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const values of Array.isArray(given) ? given : [given ?? {}]) {
    const ready = prepareStatement(text, values, database.place);
    answers.push(await database.query(ready.text, ready.values));
  }
  return answers;
}

/** A row as JSON can hold it: times as texts, bytes in base64, and whole numbers that are too large as texts. */
function plainRow(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return value ?? null;
}
