import { DataError } from "../../core/errors.ts";
import { mostProbable } from "../evaluation/classificationReport.ts";
import type { TabularTarget } from "./tabularModel.ts";

export interface PairDiversity {
  readonly members: readonly [string, string];
  /** share of rows on which one of the two is right and the other wrong; null for values */
  readonly disagreement: number | null;
  /** Yule's Q = (N11 N00 - N01 N10) / (N11 N00 + N01 N10) of being right; null where it is 0 / 0, and for values */
  readonly q: number | null;
  /** correlation of being wrong (phi), of values that of the errors; null where one does not vary */
  readonly errorCorrelation: number | null;
}

/**
 * How differently models err, pair by pair: what a stack lives on. 1 in Q and correlation: they err together; 0: by chance;
 * below 0: where the other is right. Source: Kuncheva and Whitaker 2003, Measures of diversity in classifier ensembles.
 * Rows are those that every member told (all finite).
 * @param told by member [rows, K] probabilities, or [rows, 1] values, out of fold or on rows outside of training
 */
export function diversity(
  names: readonly string[],
  told: readonly Float32Array[],
  target: TabularTarget,
): PairDiversity[] {
  const rows = target.y.length;
  const K = target.kind === "classes" ? target.classes.length : 1;
  told.forEach((own, m) => {
    if (own.length !== rows * K)
      throw new DataError(`diversity: '${names[m]}' tells ${own.length / K} rows, there are ${rows}`);
  });
  const whole = Array.from({ length: rows }, (_, i) => i).filter((i) =>
    told.every((own) => Number.isFinite(own[i * K]!)),
  );
  if (whole.length === 0) throw new DataError("diversity: no row was told by all members");
  const errors = told.map((own) => {
    if (target.kind === "values") return whole.map((i) => own[i]! - target.y[i]!);
    const best = mostProbable(own, K);
    return whole.map((i): number => (best[i] === target.y[i] ? 0 : 1));
  });
  return names.flatMap((first, a) =>
    names.slice(a + 1).map((second, step): PairDiversity => {
      const [x, y] = [errors[a]!, errors[a + 1 + step]!];
      const correlation = pearson(x, y);
      const members = [first, second] as const;
      if (target.kind === "values")
        return { members, disagreement: null, q: null, errorCorrelation: correlation };
      const count = (p: number, q: number): number => x.filter((v, i) => v === p && y[i] === q).length;
      const [both, neither, onlySecond, onlyFirst] = [count(0, 0), count(1, 1), count(1, 0), count(0, 1)];
      const below = both * neither + onlyFirst * onlySecond;
      return {
        members,
        disagreement: (onlyFirst + onlySecond) / whole.length,
        q: below > 0 ? (both * neither - onlyFirst * onlySecond) / below : null,
        errorCorrelation: correlation,
      };
    }),
  );
}

function pearson(x: readonly number[], y: readonly number[]): number | null {
  const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  x.forEach((v, i) => {
    xx += (v - mx) ** 2;
    yy += (y[i]! - my) ** 2;
    xy += (v - mx) * (y[i]! - my);
  });
  return xx > 0 && yy > 0 ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))) : null;
}
