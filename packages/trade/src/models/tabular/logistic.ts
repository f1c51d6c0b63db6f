import { z } from "zod";
import { checkFit } from "./checkTabular.ts";
import { lbfgs, type Objective } from "./lbfgs.ts";
import { coefficientSizes, exportLogistic, type LinearWeights, linearContributions } from "./linearGraph.ts";
import { openTabular } from "./openTabular.ts";
import { presentClasses } from "./presentClasses.ts";
import { fitStandardizer, standardized } from "./standardizer.ts";
import { outputNames, type TabularManifest } from "./tabularManifest.ts";
import type { FittedTabular, Table, TabularContext, TabularData, TabularPart } from "./tabularModel.ts";

export const LogisticConfig = z.strictObject({
  /** strength of the penalty; 0 for none (maximum likelihood) */
  lambda: z.number().min(0).default(1e-3),
  /** share of L1 in the penalty: 0 ridge, 1 lasso */
  l1Ratio: z.number().min(0).max(1).default(0),
  iterations: z.int().min(1).max(100_000).default(1000),
});
export type LogisticConfig = z.output<typeof LogisticConfig>;

const contributions = (onnx: Uint8Array, manifest: TabularManifest, table: Table): Promise<Float32Array> =>
  linearContributions(onnx, outputNames(manifest.target).length, table);

/**
 * Multinomial logistic regression with an elastic net on standardised columns z, missing values at their mean:
 *   min over W, b of  -(1/Σw) Σ_i w_i ln p(y_i | z_i) + λ [ ρ Σ|W| + (1 - ρ)/2 Σ W² ],
 *   p = softmax(z W + b) (two classes: p_1 = 1 / (1 + exp(-(z w + b)))), b without a penalty; ρ is `l1Ratio`.
 * The objective of Friedman, Hastie and Tibshirani 2010 (glmnet). By L-BFGS, with an L1 part by OWL-QN; see `lbfgs`.
 * Nothing is drawn at random: the seed does not matter. Validation rows are not read.
 */
export async function fitLogistic(
  config: LogisticConfig,
  train: TabularData,
  validation: TabularData | undefined,
  context: TabularContext,
): Promise<FittedTabular> {
  checkFit({ kind: "logistic", learns: ["classes"] }, train, validation);
  context.signal?.throwIfAborted();
  const { table, target, weights } = train;
  const present = presentClasses(train, "logistic");
  const standardizer = fitStandardizer(table, weights);
  const z = standardized(table, standardizer);
  const columns = table.names.length;
  const width = present.places.length === 2 ? 1 : present.places.length;
  const l1 = config.lambda * config.l1Ratio;
  const size = width * (columns + 1);
  const isBias = (i: number): boolean => i % (columns + 1) === columns;
  const { x, value, converged, iterations } = await lbfgs(
    logisticObjective(z, present.y, weights, width, config.lambda * (1 - config.l1Ratio)),
    new Float64Array(size),
    {
      ...(l1 > 0 ? { l1: Float64Array.from({ length: size }, (_, i) => (isBias(i) ? 0 : l1)) } : {}),
      iterations: config.iterations,
      signal: context.signal,
      onIteration: (done, loss) =>
        context.onUpdate?.({
          stage: "training",
          done,
          total: config.iterations,
          secondsLeft: null,
          loss,
          validationLoss: null,
        }),
    },
  );
  const found = softmaxWeights(x, columns, width);
  const onnx = exportLogistic(
    standardizer,
    found,
    present.places,
    target.kind === "classes" ? target.classes.length : 0,
  );
  const used = standardizer.varies.filter(Boolean).length;
  const manifest: TabularManifest = {
    kind: "logistic",
    names: [...table.names],
    target: { kind: "classes", classes: target.kind === "classes" ? [...target.classes] : [] },
    rows: table.rows,
    notes: [
      ...standardizer.notes,
      ...present.notes,
      ...(used >= table.rows
        ? [`${used} columns for ${table.rows} rows: only the penalty decides between many perfect fits`]
        : []),
      ...(converged
        ? []
        : [
            `not converged after ${iterations} iterations (loss ${value.toPrecision(6)}): ` +
              "the classes may be separable, a larger lambda gives a finite answer",
          ]),
    ],
    importance: { coefficient: coefficientSizes(found) },
  };
  return openTabular(onnx, manifest, { contributions });
}

/** Mean weighted log loss and the ridge part. Parameters: for each score F coefficients and the intercept. */
function logisticObjective(
  z: Float64Array,
  y: Int32Array,
  weights: Float64Array | undefined,
  width: number,
  ridge: number,
): Objective {
  const rows = y.length;
  const columns = z.length / rows;
  const total = weights ? weights.reduce((a, b) => a + b, 0) : rows;
  const score = new Float64Array(width);
  return (theta, into) => {
    into.fill(0);
    let loss = 0;
    for (let i = 0; i < rows; i++) {
      const w = (weights?.[i] ?? 1) / total;
      if (w === 0) continue;
      const row = i * columns;
      for (let k = 0; k < width; k++) {
        const at = k * (columns + 1);
        let s = theta[at + columns]!;
        for (let f = 0; f < columns; f++) s += theta[at + f]! * z[row + f]!;
        score[k] = s;
      }
      loss += w * residuals(score, y[i]!);
      for (let k = 0; k < width; k++) {
        const r = w * score[k]!;
        const at = k * (columns + 1);
        for (let f = 0; f < columns; f++) into[at + f]! += r * z[row + f]!;
        into[at + columns]! += r;
      }
    }
    for (let i = 0; i < theta.length; i++) {
      if (i % (columns + 1) === columns) continue;
      loss += (ridge / 2) * theta[i]! ** 2;
      into[i]! += ridge * theta[i]!;
    }
    return loss;
  };
}

/** -ln p(y), and the scores replaced by its derivative p - 1[y]. One score is the log odds of class 1 of two. */
function residuals(score: Float64Array, y: number): number {
  if (score.length === 1) {
    const s = score[0]!;
    const margin = y === 1 ? s : -s;
    const q = margin > 0 ? Math.exp(-margin) / (1 + Math.exp(-margin)) : 1 / (1 + Math.exp(margin));
    score[0] = y === 1 ? -q : q;
    return margin > 0 ? Math.log1p(Math.exp(-margin)) : -margin + Math.log1p(Math.exp(margin));
  }
  let most = Number.NEGATIVE_INFINITY;
  for (const s of score) most = Math.max(most, s);
  let sum = 0;
  for (const s of score) sum += Math.exp(s - most);
  const loss = most + Math.log(sum) - score[y]!;
  for (let k = 0; k < score.length; k++) score[k] = Math.exp(score[k]! - most) / sum - (k === y ? 1 : 0);
  return loss;
}

/** One score w becomes the pair (0, w). */
function softmaxWeights(theta: Float64Array, columns: number, width: number): LinearWeights {
  const out = Math.max(2, width);
  const weight = new Float64Array(columns * out);
  const bias = new Float64Array(out);
  for (let k = 0; k < width; k++) {
    const to = width === 1 ? 1 : k;
    for (let f = 0; f < columns; f++) weight[f * out + to] = theta[k * (columns + 1) + f]!;
    bias[to] = theta[k * (columns + 1) + columns]!;
  }
  return { weight, bias };
}

export const logisticPart: TabularPart<"logistic", typeof LogisticConfig> = {
  kind: "logistic",
  config: LogisticConfig,
  create: (config) => ({
    kind: "logistic",
    learns: ["classes"],
    fit: (train, validation, context) => fitLogistic(config, train, validation, context),
  }),
  contributions,
};
