import { readSvmModel, SVM_OPTIONS, svmToOnnx, trainSvmInProcess } from "@orion/trees";
import { z } from "zod";
import { checkFit } from "../tabular/checkTabular.ts";
import { openTabular } from "../tabular/openTabular.ts";
import { FARTHEST, fitStandardizer, type Standardizer, standardized } from "../tabular/standardizer.ts";
import type { FittedTabular, TabularContext, TabularData, TabularPart } from "../tabular/tabularModel.ts";
import { encodeMlGraph, floatConstant, type GraphPiece, plainNode } from "./encodeMlGraph.ts";
import { presentWeights } from "./fitBoosted.ts";
import { withLibraryErrors } from "./libraryErrors.ts";
import { nativeMetadata } from "./nativeModel.ts";
import { rowsByWeight } from "./rowsByWeight.ts";
import { treeManifest } from "./treeManifest.ts";
import { treeSets } from "./treeSets.ts";

const { cost, gamma, tube, tolerance } = SVM_OPTIONS;

export const SvmConfig = z.strictObject({
  /** what a row on the wrong side costs (C) */
  cost: z.number().gt(cost.min).max(cost.max).default(cost.default),
  /** of exp(-gamma |z - z'|²); 0: 1 / columns */
  gamma: z.number().min(gamma.min).max(gamma.max).default(gamma.default),
  /** values only: errors below it cost nothing, in standard deviations of the label */
  tube: z.number().min(tube.min).max(tube.max).default(tube.default),
  tolerance: z.number().gt(tolerance.min).max(tolerance.max).default(tolerance.default),
  cacheMb: z.number().min(1).max(100_000).default(200),
  shrinking: z.boolean().default(true),
  /** how much each class counts: alike whatever its number of rows, or one number a class */
  classWeights: z
    .union([z.literal("none"), z.literal("balanced"), z.array(z.number().positive())])
    .default("none"),
});
export type SvmConfig = z.output<typeof SvmConfig>;

/**
 * A support vector machine with the kernel exp(-gamma |z - z'|²) on standardised columns z, missing values at their mean,
 * by libsvm (Chang and Lin 2011): C-SVC with probabilities by Platt's sigmoid on five folds and pairwise coupling (Wu, Lin
 * and Weng 2004) for classes, epsilon-SVR on standardised labels for values. Validation rows are not read.
 *
 * libsvm has no row weights: rows are drawn in proportion to them, see `rowsByWeight`. Class weights move the boundary;
 * the probabilities are fitted to the rows as they are.
 */
export async function fitSvm(
  { classWeights, ...options }: SvmConfig,
  train: TabularData,
  validation: TabularData | undefined,
  context: TabularContext,
): Promise<FittedTabular> {
  checkFit({ kind: "svm", learns: ["classes", "values"] }, train, validation);
  const { sets, present } = treeSets("svm", train, undefined);
  const { table, weights, target } = train;
  const standardizer = fitStandardizer(table, weights);
  const z = Float32Array.from(standardized(table, standardizer), (v) =>
    Math.max(-FARTHEST, Math.min(FARTHEST, v)),
  );
  const level = target.kind === "values" ? labelLevel(train) : { mean: 0, scale: 1 };
  const columns = table.names.length;
  const isDrawn = weights?.some((w) => w !== weights[0]) ?? false;
  const rows =
    weights && isDrawn
      ? rowsByWeight(weights, context.seed)
      : Array.from({ length: table.rows }, (_, i) => i);
  const learnt = {
    table: { values: rowsOf(z, columns, rows), rows: rows.length, features: columns },
    targets: Float32Array.from(rows, (row) => (sets.train.targets[row]! - level.mean) / level.scale),
  };
  const ofClass = presentWeights("svm", classWeights, train, present?.places);
  const model = await withLibraryErrors("svm", () =>
    trainSvmInProcess(
      { ...options, seed: context.seed % 2 ** 31 },
      { task: sets.task, train: learnt, ...ofClass },
      {
        ...(context.signal ? { signal: context.signal } : {}),
        onProgress: ({ done, total }) =>
          context.onUpdate?.({
            stage: "training",
            done,
            total,
            secondsLeft: null,
            loss: null,
            validationLoss: null,
          }),
      },
    ),
  );
  const svm = readSvmModel(model.bytes);
  const classes = target.kind === "classes" ? target.classes.length : 0;
  const graph = svmToOnnx({
    ...svm,
    coefficients: svm.coefficients.map((c) => (target.kind === "values" ? c * level.scale : c)),
    rho: svm.rho.map((r) => (target.kind === "values" ? r * level.scale - level.mean : r)),
  });
  const onnx = encodeMlGraph(graph, {
    metadata: nativeMetadata("libsvm", model.bytes),
    before: standardizing(standardizer),
    ...(present ? { spread: { places: present.places, classes } } : {}),
  });
  const manifest = treeManifest(
    "svm",
    train,
    [
      ...(present?.notes ?? []),
      ...(isDrawn ? ["libsvm has no row weights: rows were drawn in proportion to them"] : []),
      ...(model.isFallback ? [`trained by ${model.solver}, in place of the native library`] : []),
    ],
    {},
  );
  return openTabular(onnx, manifest);
}

function rowsOf(values: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const picked = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries())
    picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  return picked;
}

/** Mean and standard deviation of the labels; a constant label has the scale 1. */
function labelLevel({ target, weights }: TabularData): { mean: number; scale: number } {
  let [total, sum] = [0, 0];
  target.y.forEach((y, i) => {
    const w = weights?.[i] ?? 1;
    total += w;
    sum += w * y;
  });
  const mean = sum / total;
  let squares = 0;
  target.y.forEach((y, i) => {
    squares += (weights?.[i] ?? 1) * (y - mean) ** 2;
  });
  return { mean, scale: Math.sqrt(squares / total) || 1 };
}

/** z = clip((x - mean) / scale), 0 where x is missing or the column tells nothing. */
function standardizing({ mean, scale, varies }: Standardizer): GraphPiece {
  const columns = mean.length;
  return {
    nodes: [
      plainNode("Sub", ["x", "inputs.mean"], "centred"),
      plainNode("Mul", ["centred", "inputs.perScale"], "scaled"),
      plainNode("IsNaN", ["scaled"], "missing"),
      plainNode("Clip", ["scaled", "inputs.least", "inputs.most"], "clipped"),
      plainNode("Where", ["missing", "inputs.zero", "clipped"], "z"),
    ],
    constants: [
      floatConstant("inputs.mean", [1, columns], mean),
      floatConstant(
        "inputs.perScale",
        [1, columns],
        Array.from(scale, (s, f) => (varies[f] ? 1 / s : 0)),
      ),
      floatConstant("inputs.least", [], [-FARTHEST]),
      floatConstant("inputs.most", [], [FARTHEST]),
      floatConstant("inputs.zero", [], [0]),
    ],
  };
}

export const svmPart: TabularPart<"svm", typeof SvmConfig> = {
  kind: "svm",
  config: SvmConfig,
  create: (config) => ({
    kind: "svm",
    learns: ["classes", "values"],
    fit: (train, validation, context) => fitSvm(config, train, validation, context),
  }),
};
