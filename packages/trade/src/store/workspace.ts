import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeError } from "./atomicFile.ts";

/**
 * The folder that holds all state:
 * `bars/MARKET/SYMBOL/TIMEFRAME.parquet`, `mark/…` alike, `funding/MARKET/SYMBOL.parquet`,
 * `models/ID/`, `runs/ID/`, `trials.jsonl`, `lock.json`.
 */
export interface Workspace {
  readonly dir: string;
  /** wall clock for stamps of provenance and locks, ms UTC */
  readonly now: () => number;
}

/**
 * Opens a workspace, making the folder when it is not there.
 * @throws UsageError when the folder cannot be made
 */
export async function openWorkspace(dir: string, options: { now?: () => number } = {}): Promise<Workspace> {
  const workspace: Workspace = { dir: resolve(dir), now: options.now ?? Date.now };
  try {
    await mkdir(workspace.dir, { recursive: true });
  } catch (thrown) {
    throw writeError(thrown, workspace.dir);
  }
  return workspace;
}

/** A path inside the workspace. Its parts are names that were checked before, never a user's raw text. */
export function workspacePath(workspace: Workspace, ...parts: readonly string[]): string {
  for (const part of parts) {
    if (part === "" || part === "." || part === ".." || /[/\\\0]/.test(part)) {
      throw new RangeError(`'${part}' is no name of a file in the workspace`);
    }
  }
  return join(workspace.dir, ...parts);
}
