import { RcmError } from "../errors.ts";
import { deferred } from "../util/deferred.ts";
import type { Become, Channel } from "./connection.ts";

const READY = "rcm-ready";

/**
 * The command line that starts the shell as another user. Without a password sudo may not ask (`-n`), so what is sent
 * to its standard input can only reach the shell; with one it asks with a text of our own, so that nothing but its
 * prompt is ever answered with the password, and says when the shell is there.
 */
export function becomeCommand({ user, password }: Become, shell: string, prompt: string): string {
  return password === undefined
    ? `exec sudo -H -n -u ${user} -- ${shell}`
    : `exec sudo -H -S -p rcm-${prompt} -u ${user} -- ${shell} -c 'echo ${READY}; exec ${shell}'`;
}

/**
 * Where a password is needed: waits until the shell runs as the other user, answering sudo's prompt once. Where none
 * is, there is nothing to wait for: sudo either starts the shell, or ends and says why ({@link becomeRefused}).
 *
 * @throws RcmError with code `become`: wrong password, not allowed, needs a terminal, no sudo
 */
export async function becomeUser(channel: Channel, become: Become, prompt: string): Promise<void> {
  if (become.password === undefined) return;
  const ready = deferred<void>();
  const stop = watch(channel, become, prompt, ready.resolve, ready.reject);
  const ended = channel.ended.then(({ code }) => ready.reject(becomeRefused(become, stop(), code)));
  try {
    await ready.promise;
  } catch (error) {
    channel.close();
    throw error;
  } finally {
    stop();
  }
  void ended;
}

/** Reads both streams until told to stop; returns what stood on standard error. */
function watch(
  channel: Channel,
  become: Become,
  prompt: string,
  ready: () => void,
  fail: (error: RcmError) => void,
): () => string {
  let stdout = "";
  let stderr = "";
  let answered = false;
  const onStdout = (chunk: Buffer): void => {
    stdout += chunk.toString("latin1");
    if (stdout.includes(`${READY}\n`)) ready();
  };
  const onStderr = (chunk: Buffer): void => {
    stderr += chunk.toString("utf8");
    const prompts = stderr.split(`rcm-${prompt}`).length - 1;
    if (prompts > 1) fail(wrongPassword(become));
    if (prompts !== 1 || answered || become.password === undefined) return;
    answered = true;
    channel.stdin.write(`${become.password}\n`);
  };
  channel.stdout.on("data", onStdout);
  channel.stderr.on("data", onStderr);
  return () => {
    channel.stdout.off("data", onStdout);
    channel.stderr.off("data", onStderr);
    return stderr.replaceAll(`rcm-${prompt}`, "").trim();
  };
}

function wrongPassword({ user }: Become): RcmError {
  return new RcmError(`Cannot become "${user}": sudo did not accept the password`, {
    code: "become",
    hint: "give the right one with -K (--ask-become-pass); it was tried once, so no account is locked",
  });
}

/** Why sudo ended without starting the shell, told from its message. */
export function becomeRefused(become: Become, stderr: string, code: number | undefined): RcmError {
  const { user } = become;
  const because = (message: string, hint: string): RcmError =>
    new RcmError(`Cannot become "${user}": ${message}`, { code: "become", hint, cause: stderr });
  if (/incorrect password|try again/i.test(stderr)) return wrongPassword(become);
  if (/must have a tty|no tty present|a terminal is required/i.test(stderr) && !/password/i.test(stderr)) {
    return because("sudo wants a terminal", "remove `Defaults requiretty` from /etc/sudoers for this user");
  }
  if (/password is required|terminal is required/i.test(stderr)) {
    return because("sudo needs a password", "give it with -K (--ask-become-pass)");
  }
  if (/not in the sudoers|not allowed|may not run/i.test(stderr)) {
    return because(
      "sudo does not allow it to this user",
      "allow it in /etc/sudoers, or log in as another user",
    );
  }
  if (/unknown user/i.test(stderr))
    return because("there is no such user on the host", "name another with become_user");
  if (code === 127 || /not found/i.test(stderr)) {
    return because("there is no sudo on the host", "install it, or log in as the user itself");
  }
  return because(
    `sudo ended with exit status ${code ?? "unknown"}: ${stderr || "no message"}`,
    "look at its message",
  );
}
