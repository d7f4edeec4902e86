import { createWriteStream, openSync } from "node:fs";
import { Writable } from "node:stream";
import { RcmError } from "../errors.ts";

/** True where somebody can be asked. */
export function canAsk(): boolean {
  return process.env.CI === undefined && process.stdin.isTTY === true;
}

/**
 * Asks for a secret on the terminal; what is typed is not shown.
 *
 * @throws RcmError where nobody can be asked
 */
export async function askSecret(question: string): Promise<string> {
  if (!canAsk()) {
    throw new RcmError(`Cannot ask for ${question}: there is no terminal`, {
      code: "usage",
      hint: "give it in a file: --pass-file, --become-pass-file",
    });
  }
  const { ReadStream } = await import("node:tty");
  const input = new ReadStream(openSync("/dev/tty", "r"));
  const prompt = createWriteStream("/dev/tty");
  prompt.write(`${question}: `);
  const { createInterface } = await import("node:readline");
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input, output: silent, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once("line", resolve);
      reader.once("SIGINT", () => reject(new RcmError("interrupted", { code: "interrupted" })));
      reader.once("close", () => reject(new RcmError("interrupted", { code: "interrupted" })));
    });
  } finally {
    reader.close();
    input.destroy();
    prompt.end("\n");
  }
}
