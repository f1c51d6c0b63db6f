import { setImmediate } from "node:timers/promises";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { z } from "zod";
import { DataError } from "../../core/errors.ts";
import { checkFit } from "./checkTabular.ts";
import { coefficientSizes, exportLinear, linearContributions } from "./linearGraph.ts";
import { openTabular } from "./openTabular.ts";
import { fitStandardizer, standardized } from "./standardizer.ts";
import type { TabularManifest } from "./tabularManifest.ts";
import type { FittedTabular, Table, TabularContext, TabularData, TabularPart } from "./tabularModel.ts";

export const LinearConfig = z.strictObject({
  /** strength of the penalty; 0 for least squares */
  lambda: z.number().min(0).default(1e-3),
  /** share of L1 in the penalty: 0 ridge, 1 lasso */
  l1Ratio: z.number().min(0).max(1).default(0),
  iterations: z.int().min(1).max(1_000_000).default(10_000),
});
export type LinearConfig = z.output<typeof LinearConfig>;

const contributions = (onnx: Uint8Array, _manifest: TabularManifest, table: Table): Promise<Float32Array> =>
  linearContributions(onnx, 1, table);

/** A direction whose share of the variance is below this is taken as a combination of other columns. */
const DEPENDENT = 1e-12;
/** Coordinate descent ends when no coefficient moves the standardised value by more. */
const TOLERANCE = 1e-12;

/**
 * Linear regression with an elastic net on standardised columns z, missing values at their mean, y in its own units:
 *   min over w, b of  1/(2 Σv) Σ_i v_i (y_i - z_i w - b)² + λ [ ρ Σ|w| + (1 - ρ)/2 Σ w² ],
 * v the rows' weights, b without a penalty; ρ is `l1Ratio` (the objective of glmnet and scikit-learn). λ is in units of y.
 * Without an L1 part w = V (D + λ)⁻¹ Vᵀ c from the eigenvalues of C = zᵀz / n, at λ = 0 the shortest of the best fits;
 * with one, coordinate descent on C (Friedman, Hastie and Tibshirani 2010). The seed does not matter; validation rows
 * are not read.
 */
export async function fitLinear(
  config: LinearConfig,
  train: TabularData,
  validation: TabularData | undefined,
  context: TabularContext,
): Promise<FittedTabular> {
  checkFit({ kind: "linear", learns: ["values"] }, train, validation);
  context.signal?.throwIfAborted();
  const { table, target, weights } = train;
  if (target.kind !== "values") throw new DataError("model 'linear': these rows have no values");
  const total = weights ? weights.reduce((a, b) => a + b, 0) : table.rows;
  const weightOf = (i: number): number => (weights?.[i] ?? 1) / total;
  const level = target.y.reduce((sum, y, i) => sum + weightOf(i) * y, 0);
  const standardizer = fitStandardizer(table, weights);
  const z = standardized(table, standardizer);
  const columns = table.names.length;
  // a missing value is z = 0, which is the mean of the others: the columns stay centred
  const moments = await secondMoments(z, columns, weightOf, target.y, level, context.signal);
  const l1 = config.lambda * config.l1Ratio;
  const ridge = config.lambda - l1;
  const { w, notes } =
    l1 > 0
      ? await coordinateDescent(moments, columns, l1, ridge, config.iterations, context)
      : ridgeSolution(moments, columns, ridge);
  const spread = target.y.some((y) => y !== target.y[0]);
  const weightsFound = { weight: w, bias: Float64Array.of(level) };
  if (!Number.isFinite(Math.fround(level)) || w.some((v) => !Number.isFinite(Math.fround(v))))
    throw new DataError("model 'linear': labels beyond 32-bit floats: scale them first");
  const used = standardizer.varies.filter(Boolean).length;
  const manifest: TabularManifest = {
    kind: "linear",
    names: [...table.names],
    target: { kind: "values" },
    rows: table.rows,
    notes: [
      ...standardizer.notes,
      ...notes,
      ...(spread ? [] : ["all labels are the same: the answer is that value"]),
      ...(used >= table.rows
        ? [`${used} columns for ${table.rows} rows: only the penalty decides between many perfect fits`]
        : []),
    ],
    importance: { coefficient: coefficientSizes(weightsFound) },
  };
  return openTabular(exportLinear(standardizer, weightsFound), manifest, { contributions });
}

interface Moments {
  /** [F, F] C = Σ v z zᵀ / Σ v */
  readonly c: Float64Array;
  /** [F] Σ v z (y - level) / Σ v */
  readonly zy: Float64Array;
}

const ROWS_A_TURN = 2048;

async function secondMoments(
  z: Float64Array,
  columns: number,
  weightOf: (i: number) => number,
  y: Float64Array,
  level: number,
  signal: AbortSignal | undefined,
): Promise<Moments> {
  const c = new Float64Array(columns * columns);
  const zy = new Float64Array(columns);
  for (let i = 0; i < y.length; i++) {
    const row = i * columns;
    const v = weightOf(i);
    for (let f = 0; f < columns; f++) {
      const zf = v * z[row + f]!;
      if (zf === 0) continue;
      zy[f]! += zf * (y[i]! - level);
      for (let h = 0; h <= f; h++) c[f * columns + h]! += zf * z[row + h]!;
    }
    if (i % ROWS_A_TURN === ROWS_A_TURN - 1) {
      await setImmediate();
      signal?.throwIfAborted();
    }
  }
  for (let f = 0; f < columns; f++) for (let h = 0; h < f; h++) c[h * columns + f] = c[f * columns + h]!;
  return { c, zy };
}

function ridgeSolution(
  { c, zy }: Moments,
  columns: number,
  ridge: number,
): { w: Float64Array; notes: string[] } {
  const matrix = Matrix.from1DArray(columns, columns, c);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const least = DEPENDENT * Math.max(...realEigenvalues) * columns;
  const w = new Float64Array(columns);
  let left = 0;
  realEigenvalues.forEach((d, k) => {
    // a direction without variance has no covariance with y either: what is there is rounding
    if (d <= least) {
      left++;
      return;
    }
    let along = 0;
    for (let f = 0; f < columns; f++) along += eigenvectorMatrix.get(f, k) * zy[f]!;
    for (let f = 0; f < columns; f++) w[f]! += (along / (d + ridge)) * eigenvectorMatrix.get(f, k);
  });
  const flat = Array.from({ length: columns }, (_, f) => c[f * columns + f]!).filter((v) => v === 0).length;
  return {
    w,
    notes:
      left > flat
        ? [
            `${left - flat} combinations of columns tell nothing beyond the others: their coefficients are shared out`,
          ]
        : [],
  };
}

async function coordinateDescent(
  { c, zy }: Moments,
  columns: number,
  l1: number,
  ridge: number,
  iterations: number,
  { signal, onUpdate }: TabularContext,
): Promise<{ w: Float64Array; notes: string[] }> {
  const w = new Float64Array(columns);
  /** zy - C w */
  const left = zy.slice();
  const scale = zy.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    let moved = 0;
    for (let f = 0; f < columns; f++) {
      const own = c[f * columns + f]!;
      if (own === 0) continue;
      const pull = left[f]! + own * w[f]!;
      const next = (Math.sign(pull) * Math.max(0, Math.abs(pull) - l1)) / (own + ridge);
      const change = next - w[f]!;
      if (change === 0) continue;
      w[f] = next;
      for (let h = 0; h < columns; h++) left[h]! -= change * c[f * columns + h]!;
      moved = Math.max(moved, Math.abs(change));
    }
    if (moved <= TOLERANCE * scale) return { w, notes: [] };
    if (iteration % 16 === 0) {
      await setImmediate();
      signal?.throwIfAborted();
      onUpdate?.({
        stage: "training",
        done: iteration,
        total: iterations,
        secondsLeft: null,
        loss: null,
        validationLoss: null,
      });
    }
  }
  return { w, notes: [`not converged after ${iterations} iterations: give more, or a larger lambda`] };
}

export const linearPart: TabularPart<"linear", typeof LinearConfig> = {
  kind: "linear",
  config: LinearConfig,
  create: (config) => ({
    kind: "linear",
    learns: ["values"],
    fit: (train, validation, context) => fitLinear(config, train, validation, context),
  }),
  contributions,
};
