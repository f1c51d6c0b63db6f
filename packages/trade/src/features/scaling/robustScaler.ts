import { z } from "zod";
import { checkScaling, DEFAULT_CLIP, sortedValues } from "./scaledColumn.ts";

export const robustScalerSchema = z.strictObject({
  kind: z.literal("robust"),
  names: z.array(z.string()),
  /** median of each column */
  centre: z.array(z.number()),
  /** interquartile range / 1.349 of each column: for a normal distribution its standard deviation */
  scale: z.array(z.number().positive()),
  clip: z.number().positive().nullable(),
  constant: z.array(z.string()),
});
export type RobustScaler = z.output<typeof robustScalerSchema>;

/** Quartiles of the standard normal distribution lie this far apart. */
const NORMAL_IQR = 1.3489795003921634;

/**
 * Median and interquartile range over `rows` alone: a crash moves neither. Quantiles are interpolated linearly between order
 * statistics (Hyndman and Fan 1996, type 7). Where more than half of the values are equal the interquartile range says
 * nothing; the root mean square distance from the median stands in for it.
 * Source: Huber 1981, Robust Statistics, 5.1.
 * @throws as `fitStandardScaler`
 */
export function fitRobustScaler(
  names: readonly string[],
  columns: readonly Float32Array[],
  rows: ArrayLike<number>,
  clip: number | null = DEFAULT_CLIP,
): RobustScaler {
  checkScaling(names, columns, clip);
  const scaler: RobustScaler = {
    kind: "robust",
    names: [...names],
    centre: [],
    scale: [],
    clip,
    constant: [],
  };
  columns.forEach((column, f) => {
    const sorted = sortedValues(names[f]!, column, rows);
    const centre = quantileOf(sorted, 0.5);
    const spread = (quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25)) / NORMAL_IQR;
    const scale = spread > 0 ? spread : rootMeanSquare(sorted, centre);
    const varies = sorted[0] !== sorted[sorted.length - 1] && scale > 0;
    scaler.centre.push(centre);
    scaler.scale.push(varies ? scale : 1);
    if (!varies) scaler.constant.push(names[f]!);
  });
  return scaler;
}

function quantileOf(sorted: Float32Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (place - below) * (high - low);
}

function rootMeanSquare(values: Float32Array, centre: number): number {
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  return Math.sqrt(squares / values.length);
}
