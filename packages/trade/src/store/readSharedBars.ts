import type { BarKey, TimeRange } from "./barPlace.ts";
import { readBars } from "./readBars.ts";
import { allocateShared, handleOf, openShared, type SharedBars } from "./sharedBars.ts";
import type { Workspace } from "./workspace.ts";

/** Reads bars straight into shared memory. @throws DataError as `readBars` */
export async function readSharedBars(
  workspace: Workspace,
  key: BarKey,
  range: TimeRange = {},
): Promise<SharedBars> {
  const bars = await readBars(workspace, key, range, allocateShared);
  const handle = handleOf(bars);
  // mark prices have no volume to read
  if (key.kind === "mark") openShared(handle).volume.fill(Number.NaN);
  return handle;
}
