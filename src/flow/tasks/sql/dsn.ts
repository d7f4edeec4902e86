import { decoded } from "../../../module/http-client.ts";

/** What a data source name says, as SQLAlchemy writes it. */
export interface Dsn {
  readonly kind: "sqlite" | "postgresql" | "mysql";
  readonly user: string;
  readonly password: string;
  readonly host: string;
  /** 0: the usual one. */
  readonly port: number;
  /** The database; of SQLite its file, empty for one in memory. */
  readonly database: string;
  readonly options: Readonly<Record<string, string>>;
}

const KINDS: Readonly<Record<string, Dsn["kind"]>> = {
  sqlite: "sqlite",
  postgresql: "postgresql",
  postgres: "postgresql",
  mysql: "mysql",
  mariadb: "mysql",
};

/** Reads `sqlite:///file.db`, `postgresql://user:password@host:5432/name`, `mysql+pymysql://…`; undefined when it is none. */
export function readDsn(text: string): Dsn | undefined {
  const match =
    /^([a-z0-9]+)(?:\+[a-z0-9]+)?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(\[[^\]]*\]|[^:/?]*)(?::(\d+))?(?:\/([^?]*))?(?:\?(.*))?$/i.exec(
      text,
    );
  const kind = KINDS[match?.[1]?.toLowerCase() ?? ""];
  if (!match || !kind) return undefined;
  const [, , user = "", password = "", host = "", port = "0", database = "", query = ""] = match;
  if (kind === "sqlite" && host !== "") return undefined;
  return {
    kind,
    ...{ user: decoded(user), password: decoded(password), host: host.replace(/^\[(.*)\]$/, "$1") },
    ...{ port: Number(port), database: kind === "sqlite" ? database : decoded(database) },
    options: Object.fromEntries(new URLSearchParams(query)),
  };
}
