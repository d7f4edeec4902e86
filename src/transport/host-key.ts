import { RcmError } from "../errors.ts";
import { addKnownHost, fingerprint, type KnownHosts } from "./known-hosts.ts";

/** What is done about host keys. */
export interface HostKeyPolicy {
  readonly known: KnownHosts;
  readonly checking: "strict" | "accept-new" | "off";
  /** The file that `accept-new` adds to. */
  readonly file: string;
}

/** No SHA-1 signatures. */
const ALGORITHMS = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
] as const;

/** Decides, before anything is authenticated, whether the key a host shows is the right one. */
export class HostKeyJudge {
  /** Why the key was refused. */
  refusal: RcmError | undefined;
  readonly #policy: HostKeyPolicy;
  readonly #host: string;
  readonly #port: number;
  #toAdd: Buffer | undefined;

  constructor(policy: HostKeyPolicy, host: string, port: number) {
    this.#policy = policy;
    this.#host = host;
    this.#port = port;
  }

  /** Host key algorithms in the order to ask for: those first of which a key is known. */
  get algorithms(): string[] {
    const types = new Set(this.#policy.known.keyTypes(this.#host, this.#port));
    const isKnown = (algorithm: string): boolean =>
      types.has(algorithm.startsWith("rsa-") ? "ssh-rsa" : algorithm);
    return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((algorithm) => !isKnown(algorithm))];
  }

  /** Given to ssh2: true only for a key that may be trusted. */
  readonly verify = (key: Buffer): boolean => {
    if (this.#policy.checking === "off") return true;
    const { verdict, known, certAuthority } = this.#policy.known.judge({
      host: this.#host,
      port: this.#port,
      key,
    });
    if (verdict === "known") return true;
    if (verdict === "unknown" && this.#policy.checking === "accept-new") {
      this.#toAdd = key;
      return true;
    }
    this.refusal =
      verdict === "unknown" ? this.#unknown(key, certAuthority) : this.#wrong(verdict, key, known);
    return false;
  };

  /** Was a key accepted that was not known? */
  get isNew(): boolean {
    return this.#toAdd !== undefined;
  }

  /** Writes down a key accepted as new, once the host has proved that it is its own. */
  async remember(): Promise<void> {
    if (this.#toAdd)
      await addKnownHost(this.#policy.file, { host: this.#host, port: this.#port, key: this.#toAdd });
  }

  get #name(): string {
    return this.#port === 22 ? this.#host : `[${this.#host}]:${this.#port}`;
  }

  #unknown(key: Buffer, certAuthority: boolean): RcmError {
    const authority = certAuthority
      ? " (its @cert-authority line cannot be used: host certificates are not supported)"
      : "";
    return new RcmError(`The host key of ${this.#name} is not known: ${fingerprint(key)}${authority}`, {
      code: "host-key",
      hint: `compare the fingerprint, then: ssh-keyscan -p ${this.#port} ${this.#host} >> ${this.#policy.file}; or use --host-key-checking accept-new`,
    });
  }

  #wrong(verdict: string, key: Buffer, known: ReturnType<KnownHosts["judge"]>["known"]): RcmError {
    const lines = known
      .map((entry) => `${entry.type} ${entry.fingerprint} (${entry.file}:${entry.line})`)
      .join(", ");
    const what = verdict === "revoked" ? "has been revoked" : "is not the one that is known";
    return new RcmError(
      `The host key of ${this.#name} ${what}: it shows ${fingerprint(key)}, known is ${lines}`,
      {
        code: "host-key",
        hint: `someone may be in between; if the host was reinstalled: ssh-keygen -R '${this.#name}' -f ${known[0]?.file ?? this.#policy.file}`,
      },
    );
  }
}
