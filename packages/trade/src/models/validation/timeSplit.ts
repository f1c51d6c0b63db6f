import { z } from "zod";
import { DataError, UsageError } from "../../core/errors.ts";

const share = z.number().gt(0).lt(1);

/** The `split` of a recipe. Shares are of the usable rows, in order of time. */
export const timeSplitSchema = z
  .strictObject({
    train: share.default(0.7),
    validation: share.default(0.15),
    test: share.default(0.15),
    /** bars between the last outcome of one part and the first decision of the next; the window's length unless given */
    embargoBars: z.int().min(0).optional(),
  })
  .refine((c) => Math.abs(c.train + c.validation + c.test - 1) < 1e-9, {
    message: "train, validation and test must add up to 1",
  });
export type TimeSplitConfig = z.output<typeof timeSplitSchema>;

export interface SplitRows {
  /** [T] ms UTC, strictly ascending: every bar */
  readonly closeTime: Float64Array;
  /** [T] ms UTC at which the label of each bar is known; Infinity for none */
  readonly knownAt: Float64Array;
  /** ascending indices of the bars that can be learned from: see `usableRows` */
  readonly rows: ArrayLike<number>;
}

export interface SplitPart {
  /** indices of the bars at which a decision is made */
  readonly rows: Int32Array;
  /** ms UTC of the first and the last decision */
  readonly from: number;
  readonly to: number;
  /** ms UTC at which the last of the part's labels is known: what the part has seen of the future */
  readonly knownUntil: number;
}

export interface TimeSplit {
  readonly train: SplitPart;
  readonly validation: SplitPart;
  readonly test: SplitPart;
  readonly embargoBars: number;
  /** rows left out because their outcome lies in the next part's time */
  readonly purged: number;
  /** rows left out by the embargo */
  readonly embargoed: number;
}

/**
 * Cuts the usable rows by time into train, validation and test.
 *
 * A row of an earlier part stays only if its outcome is known `embargoBars` bars before the next part's first
 * decision: knownAt[row] <= closeTime[first - embargoBars]. Rows whose outcome lies beyond that first decision are
 * counted as purged, the others as embargoed (Lopez de Prado 2018, 7.4). A later part's windows may reach back over the
 * boundary: they read prices that were known at the time. The default embargo of one window goes further and
 * keeps them off every bar that decided a label of the part before.
 *
 * @param window bars that one sample spans, its own included
 * @throws UsageError when a part is left without rows, naming it; DataError when times or rows are not in order
 */
export function timeSplit(input: SplitRows, config: TimeSplitConfig, window: number): TimeSplit {
  const { closeTime, knownAt } = input;
  if (!Number.isSafeInteger(window) || window < 1) {
    throw new UsageError(`split: a window of ${window} bars is not possible: give a whole number >= 1`);
  }
  const embargoBars = config.embargoBars ?? window;
  const rows = checkedRows(input);
  const firstValidation = Math.round(rows.length * config.train);
  const firstTest = Math.round(rows.length * (config.train + config.validation));
  const slices = {
    train: rows.subarray(0, firstValidation),
    validation: rows.subarray(firstValidation, firstTest),
    test: rows.subarray(firstTest),
  };

  let purged = 0;
  let embargoed = 0;
  const before = (earlier: Int32Array, later: Int32Array): Int32Array => {
    const first = later[0];
    if (first === undefined) return earlier;
    const decision = closeTime[first]!;
    const limit = first >= embargoBars ? closeTime[first - embargoBars]! : Number.NEGATIVE_INFINITY;
    return earlier.filter((row) => {
      if (knownAt[row]! <= limit) return true;
      if (knownAt[row]! > decision) purged++;
      else embargoed++;
      return false;
    });
  };
  const part = (name: keyof typeof slices, kept: Int32Array): SplitPart => {
    if (kept.length === 0) {
      throw new UsageError(
        `split.${name}: no rows are left of ${slices[name].length} (${rows.length} usable in all) after purging and an ` +
          `embargo of ${embargoBars} bars: give more bars, a larger share or a smaller embargoBars`,
      );
    }
    return {
      rows: kept,
      from: closeTime[kept[0]!]!,
      to: closeTime[kept[kept.length - 1]!]!,
      knownUntil: kept.reduce((latest, row) => Math.max(latest, knownAt[row]!), Number.NEGATIVE_INFINITY),
    };
  };
  const train = part("train", before(slices.train, slices.validation));
  const validation = part("validation", before(slices.validation, slices.test));
  const test = part("test", slices.test);
  return { train, validation, test, embargoBars, purged, embargoed };
}

function checkedRows({ closeTime, knownAt, rows }: SplitRows): Int32Array {
  if (knownAt.length !== closeTime.length) {
    throw new DataError(`split: ${knownAt.length} label times for ${closeTime.length} bars`);
  }
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!Number.isInteger(row) || row < 0 || row >= closeTime.length || (i > 0 && row <= rows[i - 1]!)) {
      throw new DataError(
        `split: row ${row} at place ${i} is not an ascending index of ${closeTime.length} bars`,
      );
    }
    if (!Number.isFinite(closeTime[row]!) || (i > 0 && !(closeTime[row]! > closeTime[rows[i - 1]!]!))) {
      throw new DataError(`split: the time of row ${row} does not follow that of the row before`);
    }
    if (!(knownAt[row]! >= closeTime[row]!)) {
      throw new DataError(`split: the label of row ${row} is known before its own bar`);
    }
  }
  return Int32Array.from(rows);
}
