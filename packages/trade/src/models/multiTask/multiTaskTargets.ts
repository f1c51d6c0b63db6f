import { z } from "zod";
import { DataError } from "../../core/errors.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import { applyRank, fitRank } from "../../labels/rank.ts";

/** Columns of outcomes that the six heads learn from, as a labeler gives them. */
export interface OutcomeColumns {
  /** by horizon, fractions */
  readonly returns: readonly Float32Array[];
  /** 0 BUY (up), 1 HOLD, 2 SELL (down) */
  readonly direction: Float32Array;
  /** 0 BUY, 1 HOLD, 2 SELL */
  readonly position: Float32Array;
  /** realised volatility over the horizon, a fraction a period, 0 or more */
  readonly volatility: Float32Array;
  /** realised drawdown over the horizon, a fraction, 0 or more */
  readonly drawdown: Float32Array;
}

const triple = z.tuple([z.number(), z.number(), z.number()]);

/** What was learned of the targets from the training rows: plain JSON, stored in a model's manifest. */
export const TargetScaling = z.strictObject({
  /** deviation of the returns of each horizon */
  returnScales: z.array(z.number().positive()),
  /** mean realised volatility */
  volatilityScale: z.number().positive(),
  /** below this a volatility is taken as this: a thousandth of the mean, since the loss takes its logarithm */
  volatilityFloor: z.number().positive(),
  /** deviation of the logarithm of the volatility */
  logVolatilityScale: z.number().positive(),
  /** the 0th to 100th hundredth of the drawdowns: a risk of 0.9 means a drawdown as deep as the 90th */
  drawdownHundredths: z.array(z.number()).length(101),
  directionRates: triple,
  positionRates: triple,
  /** what a row of each class weighs in the loss; mean 1 over the rows */
  directionWeights: triple,
  positionWeights: triple,
});
export type TargetScaling = z.output<typeof TargetScaling>;

/** Ready for the loss, of the stack's length: returns [N, horizons] row by row, and one number a row for the others. */
export interface LearnableTargets {
  readonly horizons: number;
  readonly returns: Float32Array;
  readonly direction: Float32Array;
  readonly position: Float32Array;
  readonly volatility: Float32Array;
  /** rank of the drawdown among the training rows', 0 the mildest, 1 the worst */
  readonly risk: Float32Array;
}

/**
 * Learns scales, class shares and ranks from the training rows, and only from them.
 * @throws DataError when a target does not vary there or a class does not occur
 */
export function fitTargets(
  columns: OutcomeColumns,
  rows: Int32Array,
  balance: "weights" | "none",
): TargetScaling {
  const returnScales = columns.returns.map((column, i) =>
    deviationOf(pick(column, rows), `returns of horizon ${i + 1}`),
  );
  const volatilities = pick(columns.volatility, rows);
  const volatilityScale = meanOf(volatilities);
  if (!(volatilityScale > 0))
    throw new DataError("the training rows' prices do not move: there is nothing to learn");
  const volatilityFloor = volatilityScale / 1000;
  const logs = volatilities.map((v) => Math.log(Math.max(v, volatilityFloor)));
  const drawdowns = pick(columns.drawdown, rows).sort();
  const directionRates = ratesOf("direction", columns.direction, rows);
  const positionRates = ratesOf("position", columns.position, rows);
  const weightsOf = (rates: Triple): Triple =>
    balance === "weights" ? (rates.map((rate) => 1 / (3 * rate)) as Triple) : [1, 1, 1];
  return {
    returnScales,
    volatilityScale,
    volatilityFloor,
    logVolatilityScale: deviationOf(logs, "volatility"),
    drawdownHundredths: Array.from(
      { length: 101 },
      (_, p) => drawdowns[Math.round((p / 100) * (drawdowns.length - 1))]!,
    ),
    directionRates,
    positionRates,
    directionWeights: weightsOf(directionRates),
    positionWeights: weightsOf(positionRates),
  };
}

type Triple = [number, number, number];

/** Targets of all rows as the loss wants them; rows without a label hold NaN. @param rows the training rows */
export function learnableTargets(columns: OutcomeColumns, rows: Int32Array): LearnableTargets {
  const horizons = columns.returns.length;
  const length = columns.direction.length;
  const returns = new Float32Array(length * horizons);
  columns.returns.forEach((column, h) => {
    for (let t = 0; t < length; t++) returns[t * horizons + h] = column[t]!;
  });
  return {
    horizons,
    returns,
    direction: columns.direction,
    position: columns.position,
    volatility: columns.volatility,
    risk: applyRank(columns.drawdown, fitRank(columns.drawdown, rows)),
  };
}

function pick(column: Float32Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => column[row]!);
}

function meanOf(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function deviationOf(values: Float64Array, what: string): number {
  const mean = meanOf(values);
  const deviation = Math.sqrt(meanOf(values.map((v) => (v - mean) ** 2)));
  if (deviation > 0) return deviation;
  throw new DataError(`the training rows' ${what} do not vary: these bars hold nothing to learn from`);
}

function ratesOf(head: "direction" | "position", column: Float32Array, rows: Int32Array): Triple {
  const counts: Triple = [0, 0, 0];
  for (const row of rows) counts[column[row]! as 0 | 1 | 2]++;
  const missing = counts.indexOf(0);
  if (missing >= 0) {
    throw new DataError(
      `the ${rows.length} training rows hold no '${SIGNALS[missing]}' (${head}): lower the label's threshold or give more bars`,
    );
  }
  return counts.map((count) => count / rows.length) as Triple;
}
