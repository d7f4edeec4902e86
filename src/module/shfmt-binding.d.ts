/** The part of the package that has no types: it takes the wasm module from whoever loaded it. */
declare module "@wasm-fmt/shfmt/shfmt_binding.js" {
  export interface Shfmt {
    _initialize(): void;
  }
  export function format(wasm: Shfmt, source: string, path?: string): string;
}

/** Node's own types leave it to those of browsers, which say much that is not there. */
declare namespace WebAssembly {
  function instantiate(bytes: Uint8Array): Promise<{ readonly instance: { readonly exports: object } }>;
}
