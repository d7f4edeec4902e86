import { messageOf } from "../errors.ts";

/** Did the server refuse another channel on this connection? */
export function isFull(error: unknown): boolean {
  return /open failure/i.test(messageOf(error));
}
