/** The part of the package that has no types: it takes the wasm module from whoever loaded it. */
declare module "@wasm-fmt/shfmt/shfmt_binding.js" {
  export interface Shfmt {
    _initialize(): void;
  }
  export function format(wasm: Shfmt, source: string, path?: string): string;
}
