import { RcmError } from "../errors.ts";
import type { Emit } from "../event/event.ts";
import type { HostLine } from "./line.ts";
import { reconnect } from "./reboot.ts";
import { asUnreachable } from "./results.ts";

/** How long a resumed run waits for a host that was being rebooted when rcm died, in ms. */
const REBOOT_PATIENCE = 600_000;

/** Whether a host can be reached: asked when it is first needed, and lost for good. */
export class Reach {
  readonly #line: HostLine;
  readonly #emit: Emit;
  readonly #signal: AbortSignal;
  #connected: Promise<RcmError | undefined> | undefined;
  #admitted: Promise<boolean> = Promise.resolve(true);
  #unreachable: RcmError | undefined;

  constructor(line: HostLine, emit: Emit, signal: AbortSignal) {
    this.#line = line;
    this.#emit = emit;
    this.#signal = signal;
  }

  /** Was the login accepted? Steps may be on their way before that is known. */
  get admitted(): Promise<boolean> {
    return this.#admitted;
  }

  /** Why it is out of reach. */
  get unreachable(): RcmError | undefined {
    return this.#unreachable;
  }

  /** It does not answer any more. */
  lost(error: RcmError): void {
    this.#unreachable ??= error;
  }

  /** Connects, the first time it is asked to; gives why that was not possible. */
  connect({ isRebooting }: { readonly isRebooting: boolean }): Promise<RcmError | undefined> {
    this.#connected ??= this.#open(isRebooting);
    return this.#connected;
  }

  async #open(isRebooting: boolean): Promise<RcmError | undefined> {
    const host = this.#line.host.name;
    this.#emit({ type: "host-connecting", host });
    try {
      if (isRebooting) await reconnect(this.#line, REBOOT_PATIENCE, this.#signal, () => true);
      else await this.#line.connect();
    } catch (error) {
      if (this.#signal.aborted) return new RcmError("interrupted", { code: "interrupted" });
      this.#unreachable = asUnreachable(error);
      return this.#unreachable;
    }
    this.#admitted = this.#line.ready.then(
      () => {
        this.#emit({ type: "host-connected", host });
        return true;
      },
      (error: unknown) => {
        this.#unreachable = asUnreachable(error);
        return false;
      },
    );
    return undefined;
  }
}
