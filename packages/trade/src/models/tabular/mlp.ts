import {
  add,
  type BatchSource,
  cast,
  concat,
  createTrainingProgram,
  crossEntropy,
  dropout,
  equal,
  exportTable,
  fit,
  type GraphBuilder,
  gelu,
  layerNorm,
  linear,
  matmul,
  meanSquaredError,
  mul,
  type Network,
  reshape,
  softmax,
  sub,
  type Tensor,
  warmupCosine,
} from "@orion/grad";
import { z } from "zod";
import { DataError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import { checkFit } from "./checkTabular.ts";
import { spreadClasses } from "./linearGraph.ts";
import { openTabular } from "./openTabular.ts";
import { type PresentClasses, presentClasses } from "./presentClasses.ts";
import { fitStandardizer, listed, standardize, standardizerWeights } from "./standardizer.ts";
import type { FittedTabular, TabularContext, TabularData, TabularPart } from "./tabularModel.ts";

export const MlpTableConfig = z.strictObject({
  /** widths of the hidden layers */
  hidden: z.array(z.int().min(1).max(4096)).min(1).max(16).default([64, 32]),
  dropout: z.number().min(0).max(0.9).default(0.1),
  epochs: z.int().min(1).max(10_000).default(100),
  /** rows of a step; fewer training rows make it smaller */
  batch: z.int().min(1).max(65_536).default(64),
  learningRate: z.number().positive().max(1).default(2e-3),
  weightDecay: z.number().min(0).max(1).default(1e-2),
  /** epochs without a better loss on the validation rows after which the fit ends; all epochs without validation rows */
  patience: z.int().min(1).default(10),
});
export type MlpTableConfig = z.output<typeof MlpTableConfig>;

/**
 * A dense network of one row: h_0 = [z, m], h_i = dropout(gelu(layerNorm(W_i h_{i-1} + b_i))), then a linear head; z the
 * standardised columns with missing values at their mean, m an indicator (1 where missing) of each column that has
 * missing values in training. Classes: softmax, cross entropy. Values: standardised by the training rows, squared
 * error. AdamW, warm-up and cosine over the epochs; the weights with the least loss on the validation rows are kept.
 *
 * Weights of rows are met by drawing: in each epoch as many rows as there are, row i with probability w_i / Σw (systematic
 * sampling, so a weight of 2 is drawn twice as often); without weights each row once.
 */
export async function fitMlp(
  config: MlpTableConfig,
  train: TabularData,
  validation: TabularData | undefined,
  context: TabularContext,
): Promise<FittedTabular> {
  checkFit({ kind: "mlp", learns: ["classes", "values"] }, train, validation);
  context.signal?.throwIfAborted();
  const { table, target } = train;
  const columns = table.names.length;
  const standardizer = fitStandardizer(table, train.weights);
  const flagged = missingColumns(train, standardizer.varies);
  const present = target.kind === "classes" ? presentClasses(train, "mlp") : undefined;
  const scale = target.kind === "values" ? valueScale(target.y, train.weights) : { mean: 0, deviation: 1 };
  const network = mlpNetwork(config, flagged, present?.places.length ?? 1);
  const weights = new Map(standardizerWeights(standardizer));
  const program = await createTrainingProgram({
    network,
    input: { time: 1, features: columns },
    targets: present ? { y: { shape: [], dtype: "int32" } } : { y: { shape: [], dtype: "float32" } },
    loss: (g, { score }, { y }) => ({
      loss: present ? crossEntropy(g, score!, y!) : meanSquaredError(g, reshape(g, score!, ["rest"]), y!),
      metrics: {},
    }),
    optimizer: { learningRate: config.learningRate, weightDecay: config.weightDecay },
    clipNorm: 1,
    batch: Math.min(config.batch, table.rows),
    freeze: (name) => weights.has(name),
    initial: new Map([...weights].map(([name, values]) => [name, { shape: [1, columns], values }])),
    seed: context.seed,
    threads: context.threads ?? 1,
  });
  try {
    const source = (data: TabularData, rows: Int32Array): BatchSource =>
      rowSource(data, rows, present, scale);
    const drawn = drawRows(train, context.seed);
    const watched = validation ?? train;
    const result = await fit(program, {
      train: source(train, drawn),
      validation: source(watched, watchedRows(watched, present, context.seed)),
      epochs: config.epochs,
      seed: context.seed,
      schedule: warmupCosine({
        peak: config.learningRate,
        warmupSteps: 10,
        floor: 0.05 * config.learningRate,
      }),
      patience: validation ? config.patience : config.epochs,
      fingerprint: "",
      ...(context.signal ? { signal: context.signal } : {}),
      onProgress: (p) =>
        context.onUpdate?.({
          stage: "training",
          done: p.stepsDone,
          total: p.stepsTotal,
          secondsLeft: p.secondsLeft,
          loss: p.loss,
          validationLoss: p.validation?.loss ?? null,
        }),
    });
    context.signal?.throwIfAborted();
    const { parameters } = program.state();
    const learned = new Map(
      program.parameters.map(({ name, offset, size }) => [name, parameters.slice(offset, offset + size)]),
    );
    const classes = target.kind === "classes" ? [...target.classes] : [];
    const head: Network = (g, x) => {
      const { score } = network(g, x);
      if (!present) return { value: rescaled(g, score!, scale) };
      return { probabilities: spreadClasses(g, softmax(g, score!), present.places, classes.length) };
    };
    const used = standardizer.varies.filter(Boolean).length;
    return await openTabular(exportTable(head, columns, learned), {
      kind: "mlp",
      names: [...table.names],
      target: present ? { kind: "classes", classes } : { kind: "values" },
      rows: table.rows,
      notes: [
        ...standardizer.notes,
        ...(present?.notes ?? []),
        ...(flagged.length > 0
          ? [`with an indicator of missing values: ${listed(flagged.map((f) => table.names[f]!))}`]
          : []),
        ...(used >= table.rows ? [`${used} columns for ${table.rows} rows: it can learn them by heart`] : []),
        ...(validation ? [] : ["no validation rows: the epoch with the least training loss was kept"]),
        `epoch ${result.bestEpoch ?? 0} of ${result.epochs} kept`,
      ],
      importance: {},
    });
  } finally {
    await program.close();
  }
}

/** Varying columns with missing values among the training rows. */
function missingColumns({ table }: TabularData, varies: readonly boolean[]): number[] {
  const width = table.names.length;
  return table.names.flatMap((_, f) => {
    if (!varies[f]) return [];
    for (let i = f; i < table.values.length; i += width) if (Number.isNaN(table.values[i]!)) return [f];
    return [];
  });
}

function mlpNetwork(config: MlpTableConfig, flagged: readonly number[], outputs: number): Network {
  return (g, x) => {
    const columns = x.shape.at(-1)!;
    const rows = reshape(g, x, ["rest", columns]);
    const z = standardize(g, rows);
    let h = flagged.length === 0 ? z : concat(g, [z, indicators(g, rows, flagged)], 1);
    config.hidden.forEach((width, i) => {
      const name = `layer${i}`;
      h = gelu(g, layerNorm(g, linear(g, h, name, width), `${name}.norm`));
      if (config.dropout > 0) h = dropout(g, h, config.dropout);
    });
    return { score: linear(g, h, "head", outputs) };
  };
}

/** [B, M]: 1 where the column is missing. */
function indicators(g: GraphBuilder, x: Tensor, flagged: readonly number[]): Tensor {
  const columns = x.shape[1]!;
  const missing = sub(g, 1, cast(g, equal(g, x, x), g.float));
  const chosen = new Float64Array(columns * flagged.length);
  flagged.forEach((f, i) => {
    chosen[f * flagged.length + i] = 1;
  });
  return matmul(g, missing, g.constant(chosen, [columns, flagged.length]));
}

interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

const rescaled = (g: GraphBuilder, score: Tensor, { mean, deviation }: Scale): Tensor =>
  add(g, mul(g, score, deviation), mean);

function valueScale(y: Float64Array, weights: Float64Array | undefined): Scale {
  const total = weights ? weights.reduce((a, b) => a + b, 0) : y.length;
  const mean = y.reduce((sum, v, i) => sum + (v * (weights?.[i] ?? 1)) / total, 0);
  const variance = y.reduce((sum, v, i) => sum + ((v - mean) ** 2 * (weights?.[i] ?? 1)) / total, 0);
  const deviation = Math.sqrt(variance);
  if (!Number.isFinite(Math.fround(mean)) || !Number.isFinite(Math.fround(deviation)))
    throw new DataError("model 'mlp': labels beyond 32-bit floats: scale them first");
  return { mean, deviation: deviation > 0 ? deviation : 1 };
}

/** Rows of an epoch in the proportion of their weights: systematic sampling from a seeded start. */
function drawRows(data: TabularData, seed: number): Int32Array {
  const { table, weights } = data;
  const rows = Int32Array.from({ length: table.rows }, (_, i) => i);
  if (!weights || weights.every((w) => w === weights[0])) return rows;
  const step = weights.reduce((a, b) => a + b, 0) / table.rows;
  let next = seededRandom(seed).next() * step;
  const last = weights.findLastIndex((w) => w > 0);
  let at = 0;
  let sum = weights[0]!;
  return rows.map(() => {
    while (sum <= next && at < last) sum += weights[++at]!;
    next += step;
    return at;
  });
}

/** Validation rows of classes that were trained; a class that was not has no score. */
function watchedRows(data: TabularData, present: PresentClasses | undefined, seed: number): Int32Array {
  const drawn = drawRows(data, seed);
  const { target } = data;
  if (target.kind !== "classes" || !present) return drawn;
  const kept = drawn.filter((i) => present.places.includes(target.y[i]!));
  if (kept.length === 0)
    throw new DataError(
      "model 'mlp': no validation row is of a class that the training rows hold: give more rows",
    );
  return kept;
}

function rowSource(
  { table, target }: TabularData,
  rows: Int32Array,
  present: PresentClasses | undefined,
  scale: Scale,
): BatchSource {
  const width = table.names.length;
  return {
    rows: rows.length,
    gather(picked, into) {
      picked.forEach((p, b) => {
        const row = rows[p]!;
        into.x.set(table.values.subarray(row * width, (row + 1) * width), b * width);
        into.targets.y![b] =
          target.kind === "classes"
            ? present!.places.indexOf(target.y[row]!)
            : (target.y[row]! - scale.mean) / scale.deviation;
      });
    },
  };
}

export const mlpTablePart: TabularPart<"mlp", typeof MlpTableConfig> = {
  kind: "mlp",
  config: MlpTableConfig,
  create: (config) => ({
    kind: "mlp",
    learns: ["classes", "values"],
    fit: (train, validation, context) => fitMlp(config, train, validation, context),
  }),
};
