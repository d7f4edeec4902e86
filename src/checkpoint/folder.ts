import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * Where runs, their checkpoints and locks lie: `RCM_STATE_DIR`, else `./.rcm` when there is one, else
 * `$XDG_STATE_HOME/rcm`, else `~/.local/state/rcm`. Folders are 0700, files 0600.
 */
export function stateFolder(env: NodeJS.ProcessEnv = process.env, cwd = process.cwd()): string {
  if (env.RCM_STATE_DIR)
    return isAbsolute(env.RCM_STATE_DIR) ? env.RCM_STATE_DIR : join(cwd, env.RCM_STATE_DIR);
  const beside = join(cwd, ".rcm");
  if (existsSync(beside)) return beside;
  // The XDG specification calls relative values invalid.
  const base =
    env.XDG_STATE_HOME && isAbsolute(env.XDG_STATE_HOME)
      ? env.XDG_STATE_HOME
      : join(homedir(), ".local", "state");
  return join(base, "rcm");
}

/** Makes a private folder, and those above it. */
export function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** A file name for a host or step: itself where it is harmless, else with `%XX`; long ones end in a hash. */
export function fileName(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_.-]/g, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`).join(""),
  );
  const visible = safe.replace(/^\./, "%2E");
  if (visible.length <= 120) return visible || "%";
  return `${visible.slice(0, 100)}-${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
}
