import { TreesDataError, TreesUsageError } from "@orion/trees";
import { DataError, UsageError } from "../../core/errors.ts";

/** The libraries' faults as those of this program, with the same text. */
export async function withLibraryErrors<T>(kind: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof TreesUsageError) throw new UsageError(`model '${kind}': ${thrown.message}`);
    if (thrown instanceof TreesDataError) throw new DataError(`model '${kind}': ${thrown.message}`);
    throw thrown;
  }
}
