import type { LocalFile } from "../shell/file.ts";
import { type Script, sh } from "../shell/script.ts";

/**
 * One measurable piece of a host's state. `probe` prints what is, `want` is what should be, `apply` brings it about;
 * then the probe runs again and must print what was wanted. Check, diff, apply and verification all come from these.
 */
export interface Property {
  /** Prints the state. It may exit with a status up to 125; 126 and 127 mean that it cannot be run. */
  readonly probe: Script;
  /** The wanted state, or a function that makes it from the present one (then a change costs two round trips). */
  readonly want: string | ((was: string) => string | Promise<string>);
  /** Brings the state about: a script, or a function of what is and what is wanted. */
  readonly apply: Script | ((was: string, want: string) => Script | Promise<Script>);
  /** Local files that `apply`, if it is a function, may use: so the way for them is open by the time they are sent. */
  readonly files?: readonly LocalFile[] | undefined;
  /**
   * A test on the host that succeeds only where `want`, if it is a function, would give what is there already: then
   * nothing has to travel, and nothing waits. Where it fails, the state may be right all the same. A mere test: it must
   * not `exit`.
   */
  readonly holds?: Script | undefined;
  /**
   * Looks again after `apply`, in place of `probe`: where that would cost much, or give something else every time, as a
   * download may.
   */
  readonly recheck?: Script | undefined;
  /** Prints what the step gives as its output, whether something was changed or not; a dry run leaves it out. */
  readonly tell?: Script | undefined;
  /** Compare to the last byte; otherwise newlines at the end do not count. */
  readonly exact?: boolean;
  /** The texts to show as a diff when the compared values are hashes: `was` prints the present one. */
  readonly text?: { readonly was: Script; readonly want: string };
  /** How a compared value is shown to people; `text: true` shows the two as a unified diff. */
  readonly show?: {
    readonly text: boolean;
    /** Makes of a compared value what people see. */
    readonly value: (value: string) => string;
  };
}

/**
 * A property that is no state but an effect, such as a restart: it is brought about each time. A dry run shows what the
 * probe prints, and what would be done.
 *
 * @example
 * effect({ probe: sh`rc-service app status`, done: "restarted", apply: sh`rc-service app restart` })
 */
export function effect({
  probe,
  done,
  apply,
}: {
  /** Prints what is before; anything but `done`. */
  readonly probe: Script;
  readonly done: string;
  readonly apply: Script;
}): Property {
  return { probe, want: done, apply, recheck: sh`echo ${done}` };
}
