import { clip, equal, type GraphBuilder, mul, sub, type Tensor, where } from "@orion/grad";
import type { Table } from "./tabularModel.ts";

/** Mean and scale of each column over the training rows that have a value. */
export interface Standardizer {
  readonly mean: Float64Array;
  /** standard deviation (n, not n - 1); 1 for a column that tells nothing */
  readonly scale: Float64Array;
  /** whether the column varies: a constant column or one without values does not */
  readonly varies: readonly boolean[];
  readonly notes: readonly string[];
}

/** Deviations beyond which a value counts as this many: no training row lies there, and nothing overflows. */
export const FARTHEST = 1e6;

/** Columns named in a note; more are counted. */
const NAMED = 5;

/**
 * z = (x - mean) / scale over the rows, each counted `weights` times; a missing value stands for the mean: z = 0. Sums are
 * taken about the column's first value, so that a small spread about a large level is not lost.
 */
export function fitStandardizer({ names, rows, values }: Table, weights?: Float64Array): Standardizer {
  const columns = names.length;
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns).fill(1);
  const varies: boolean[] = [];
  const [missing, constant]: [string[], string[]] = [[], []];
  names.forEach((name, f) => {
    let [count, shift, sum, squares] = [0, Number.NaN, 0, 0];
    for (let i = 0; i < rows; i++) {
      const v = values[i * columns + f]!;
      const w = weights?.[i] ?? 1;
      if (Number.isNaN(v) || w === 0) continue;
      if (Number.isNaN(shift)) shift = v;
      count += w;
      sum += w * (v - shift);
      squares += w * (v - shift) ** 2;
    }
    if (count === 0) {
      missing.push(name);
      varies.push(false);
      return;
    }
    mean[f] = shift + sum / count;
    const variance = squares / count - (sum / count) ** 2;
    // values reach the graph in 32 bits: a spread below their resolution at this level is rounding
    const isSpread = Math.sqrt(Math.max(0, variance)) > 2 ** -23 * Math.abs(mean[f]!) && variance > 0;
    varies.push(isSpread);
    if (isSpread) scale[f] = Math.sqrt(variance);
    else constant.push(name);
  });
  return {
    mean,
    scale,
    varies,
    notes: [
      ...(missing.length > 0 ? [`without any value, not used: ${listed(missing)}`] : []),
      ...(constant.length > 0 ? [`constant in the training rows, not used: ${listed(constant)}`] : []),
    ],
  };
}

export function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** [rows, F] of z, columns that do not vary at 0. */
export function standardized({ rows, values }: Table, { mean, scale, varies }: Standardizer): Float64Array {
  const columns = mean.length;
  const z = new Float64Array(rows * columns);
  for (let i = 0; i < z.length; i++) {
    const f = i % columns;
    const v = values[i]!;
    if (varies[f] && !Number.isNaN(v)) z[i] = (v - mean[f]!) / scale[f]!;
  }
  return z;
}

/** What `standardize` reads, by the parameter's name. Columns that do not vary have scale 0: whatever they hold, z = 0. */
export function standardizerWeights({ mean, scale, varies }: Standardizer): [string, Float32Array][] {
  return [
    ["inputs.mean", Float32Array.from(mean)],
    ["inputs.perScale", Float32Array.from(scale, (s, f) => (varies[f] ? 1 / s : 0))],
  ];
}

/** The same inside a graph: x [B, F] raw, NaN where missing; z [B, F] within +-1e6. */
export function standardize(g: GraphBuilder, x: Tensor): Tensor {
  const columns = x.shape[1]!;
  const [mean, perScale] = ["inputs.mean", "inputs.perScale"].map((name) =>
    g.parameter(name, [1, columns], { init: { kind: "zeros" }, decay: false }),
  );
  const z = mul(g, sub(g, x, mean!), perScale!);
  // NaN is the one number that is not equal to itself; a constant column's scale of 0 times an overflow is one as well
  return where(g, equal(g, z, z), clip(g, z, -FARTHEST, FARTHEST), 0);
}
