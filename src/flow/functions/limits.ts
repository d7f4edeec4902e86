import { LARGEST_COLLECTION, LONGEST_TEXT } from "../evaluate/limits.ts";

/** Refuses a text that would get too long, before it is made. */
export function checkLength(length: number): void {
  if (length > LONGEST_TEXT) {
    throw new Error(`the text would have ${length} characters; at most ${LONGEST_TEXT} are allowed`);
  }
}

/** Refuses a collection that would get too large, before it is made. */
export function checkSize(size: number): void {
  if (size > LARGEST_COLLECTION) {
    throw new Error(`the result would have ${size} items; at most ${LARGEST_COLLECTION} are allowed`);
  }
}
