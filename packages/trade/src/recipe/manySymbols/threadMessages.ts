import type { ExitCode } from "../../core/errors.ts";
import type { SharedBars } from "../../store/sharedBars.ts";

/** One symbol for a thread: a handle, its numbers stay where they are. */
export interface FeatureTask {
  readonly index: number;
  readonly bars: SharedBars;
}

/** Its columns, moved and not copied; or why there are none: a thread boundary strips an error's class. */
export type FeatureAnswer =
  | { readonly index: number; readonly columns: readonly Float32Array[]; readonly fault?: undefined }
  | {
      readonly index: number;
      readonly fault: { message: string; exitCode: ExitCode | null; stack: string | null };
    };
