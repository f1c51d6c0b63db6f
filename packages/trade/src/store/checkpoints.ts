import { readFile, rm } from "node:fs/promises";
import { writeAtomically } from "./atomicFile.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

function checkpointPath(workspace: Workspace, trainKey: string): string {
  return workspacePath(workspace, "checkpoints", `${trainKey}.bin`);
}

/** Keeps where an interrupted training stands; a crash while writing leaves the one before. */
export function saveCheckpoint(workspace: Workspace, trainKey: string, bytes: Uint8Array): Promise<void> {
  return writeAtomically(checkpointPath(workspace, trainKey), bytes);
}

/** The checkpoint of a training, or undefined when there is none. */
export async function readCheckpoint(
  workspace: Workspace,
  trainKey: string,
): Promise<Uint8Array | undefined> {
  try {
    return await readFile(checkpointPath(workspace, trainKey));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

export function deleteCheckpoint(workspace: Workspace, trainKey: string): Promise<void> {
  return rm(checkpointPath(workspace, trainKey), { force: true });
}
