/**
 * JavaScript text that imports one of rcm's source files, for a process of its own that a test starts.
 *
 * @param path from the project's root, such as `src/checkpoint/lock.ts`
 */
export function fromSource(path: string): string {
  const url = new URL(`../../${path}`, import.meta.url);
  const jiti = JSON.stringify(import.meta.resolve("jiti"));
  return `await (await import(${jiti})).createJiti(${JSON.stringify(import.meta.url)}, { fsCache: false }).import(${JSON.stringify(url.pathname)})`;
}
