declare module "node-sqlite3-wasm" {
  const module: object;
  export default module;
}
