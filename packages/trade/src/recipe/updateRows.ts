import { DataError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import type { SplitPart, TimeSplit } from "../models/validation/index.ts";
import { barStepMs } from "./dataset.ts";
import type { ModelManifest } from "./modelManifest.ts";

/** Share of the new rows, the newest, on which the old and the new model are judged. */
export const ACCEPTANCE_SHARE = 0.3;
/** The fewest rows that a judgement may rest on. */
const LEAST_ACCEPTANCE_ROWS = 100;
/** Blocks of overlapping outcomes that its interval needs. */
const LEAST_BLOCKS = 8;

export interface UpdateRows {
  /** what came since the model's data ended and is learned from; its outcomes are known before the acceptance rows */
  readonly fresh: SplitPart;
  /** the newest rows: neither model has seen them */
  readonly acceptance: SplitPart;
  /** the model's own validation rows: thresholds are chosen on them again */
  readonly validation: SplitPart;
  /** rows of the model's training range, the pool of the replay; none of the validation's time */
  readonly old: Int32Array;
}

/**
 * Parts of the rows that are usable for an update. Purged by `knownAt` with the recipe's embargo, as `timeSplit` does.
 * @param rows ascending: predictable, their outcome known
 * @param freshWindows how many windows a batch needs of the new rows, before they are thinned
 * @throws DataError that says how many new rows are needed
 */
export function updateRows(
  manifest: ModelManifest,
  {
    rows,
    closeTime,
    knownAt,
    embargoBars,
  }: Pick<TimeSplit, "embargoBars"> & {
    rows: Int32Array;
    closeTime: Float64Array;
    knownAt: Float64Array;
  },
  freshWindows: number,
): UpdateRows {
  const { data, ranges, horizonBars } = manifest;
  const since = rows.filter((row) => closeTime[row]! > data.to);
  const least = Math.max(LEAST_ACCEPTANCE_ROWS, LEAST_BLOCKS * horizonBars);
  const needed = Math.max(
    Math.ceil(least / ACCEPTANCE_SHARE),
    // of the rows before the first judged one those of the embargo and of an outcome's length, less that row itself, are lost
    Math.floor((freshWindows + embargoBars + horizonBars - 2) / (1 - ACCEPTANCE_SHARE)) + 1,
  );
  const first = since.length - Math.floor(since.length * ACCEPTANCE_SHARE);
  const judged = since.subarray(first);
  const fresh =
    judged.length < least ? new Int32Array() : knownBefore(since.subarray(0, first), judged[0]!, embargoBars);
  if (judged.length < least || fresh.length < freshWindows) {
    throw new DataError(
      `model ${manifest.id} has seen bars up to ${isoTime(data.to)}; ${since.length} usable rows have come since, and an update needs ${Math.max(needed, since.length + 1)}: import or download more bars`,
    );
  }
  const validation = rows.filter(
    (row) => closeTime[row]! >= ranges.validation.from && closeTime[row]! <= ranges.validation.to,
  );
  const old = rows.filter((row) => {
    const time = closeTime[row]!;
    if (time < ranges.train.from || time > ranges.train.to) return false;
    return isApart(row);
  });
  return { fresh: part(fresh), acceptance: part(judged), validation: part(validation), old };

  function knownBefore(earlier: Int32Array, next: number, embargo: number): Int32Array {
    const limit = next >= embargo ? closeTime[next - embargo]! : Number.NEGATIVE_INFINITY;
    return earlier.filter((row) => knownAt[row]! <= limit);
  }

  /** Neither window nor outcome of the row touches the validation's time: an updated model's training range encloses it. */
  function isApart(row: number): boolean {
    const step = barStepMs(manifest.recipe) ?? 0;
    const windowFrom = closeTime[Math.max(0, row - embargoBars)]! - step;
    return knownAt[row]! < ranges.validation.from || windowFrom > validationKnown();
  }

  function validationKnown(): number {
    return validation.length === 0 ? ranges.validation.to : knownAt[validation.at(-1)!]!;
  }

  function part(own: Int32Array): SplitPart {
    const times = own.length === 0 ? [Number.NaN] : [closeTime[own[0]!]!, closeTime[own.at(-1)!]!];
    return {
      rows: own,
      from: times[0]!,
      to: times.at(-1)!,
      knownUntil: own.reduce((latest, row) => Math.max(latest, knownAt[row]!), Number.NEGATIVE_INFINITY),
    };
  }
}
