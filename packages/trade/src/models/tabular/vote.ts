import { exportTable, matmul, readParameters } from "@orion/grad";
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { checkFit } from "./checkTabular.ts";
import { openTabular } from "./openTabular.ts";
import type { FittedTabular, TabularContext, TabularData, TabularPart } from "./tabularModel.ts";

export const VoteConfig = z.strictObject({
  /** fitted: of least loss on the rows given; equal: 1 / M each */
  weights: z.enum(["fitted", "equal"]).default("fitted"),
});
export type VoteConfig = z.output<typeof VoteConfig>;

const ITERATIONS = 10_000;

/**
 * A weighted vote of M models, told in the table's columns: M blocks of K probabilities, or M values.
 *   answer = Σ_m v_m p_m,  v_m >= 0, Σ v_m = 1.
 * Fitted weights have the least log loss of the mixture, by the EM steps v_m ← Σ_i w_i v_m p_mi / Σ_n v_n p_ni (Dempster,
 * Laird and Rubin 1977: the loss is convex in v and each step lowers it), or the least squared error, by exact steps between
 * the pair of weights that gains most. Rows with a missing value are not possible.
 */
export async function fitVote(
  config: VoteConfig,
  train: TabularData,
  validation: TabularData | undefined,
  context: TabularContext,
): Promise<FittedTabular> {
  checkFit({ kind: "vote", learns: ["classes", "values"] }, train, validation);
  context.signal?.throwIfAborted();
  const { table, target } = train;
  const K = target.kind === "classes" ? target.classes.length : 1;
  const members = table.names.length / K;
  if (!Number.isInteger(members))
    throw new UsageError(
      `model 'vote': ${table.names.length} columns are no blocks of ${K}: it votes on predictions alone`,
    );
  if (table.values.some(Number.isNaN))
    throw new UsageError("model 'vote': a prediction is missing: every member has to tell every row");
  const weights =
    config.weights === "equal"
      ? new Float64Array(members).fill(1 / members)
      : target.kind === "classes"
        ? mixtureWeights(train, target.y, members, K)
        : squaredWeights(train, target.y, members);
  const matrix = new Float32Array(members * K * K);
  weights.forEach((v, m) => {
    for (let k = 0; k < K; k++) matrix[(m * K + k) * K + k] = v;
  });
  const onnx = exportTable(
    (g, x) => {
      const votes = g.parameter("votes", [members * K, K], { init: { kind: "zeros" }, decay: false });
      return { [target.kind === "classes" ? "probabilities" : "value"]: matmul(g, x, votes) };
    },
    table.names.length,
    new Map([["votes", matrix]]),
  );
  return openTabular(onnx, {
    kind: "vote",
    names: [...table.names],
    target:
      target.kind === "classes" ? { kind: "classes", classes: [...target.classes] } : { kind: "values" },
    rows: table.rows,
    notes: [],
    importance: { weight: table.names.map((_, f) => weights[Math.floor(f / K)]!) },
  });
}

/** v_m of each member, from the file. */
export function votesOf(onnx: Uint8Array): number[] {
  const { shape, values } = readParameters(onnx).get("votes")!;
  const K = shape[1]!;
  return Array.from({ length: shape[0]! / K }, (_, m) => values[m * K * K]!);
}

function mixtureWeights(
  { table, weights }: TabularData,
  y: Int32Array,
  members: number,
  K: number,
): Float64Array {
  const { rows, values } = table;
  const told = (i: number, m: number): number => Math.max(1e-12, values[i * members * K + m * K + y[i]!]!);
  const total = weights ? weights.reduce((a, b) => a + b, 0) : rows;
  let v = new Float64Array(members).fill(1 / members);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const next = new Float64Array(members);
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let m = 0; m < members; m++) sum += v[m]! * told(i, m);
      const w = (weights?.[i] ?? 1) / total / sum;
      for (let m = 0; m < members; m++) next[m]! += w * v[m]! * told(i, m);
    }
    const moved = next.reduce((most, value, m) => Math.max(most, Math.abs(value - v[m]!)), 0);
    v = next;
    if (moved < 1e-10) break;
  }
  return v;
}

/** min vᵀ G v over v >= 0, Σ v = 1, G the members' mean products of errors. */
function squaredWeights({ table, weights }: TabularData, y: Float64Array, members: number): Float64Array {
  const { rows, values } = table;
  const g = new Float64Array(members * members);
  for (let i = 0; i < rows; i++) {
    const w = (weights?.[i] ?? 1) / rows;
    for (let a = 0; a < members; a++)
      for (let b = 0; b < members; b++)
        g[a * members + b]! += w * (values[i * members + a]! - y[i]!) * (values[i * members + b]! - y[i]!);
  }
  const v = new Float64Array(members).fill(1 / members);
  const largest = g.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const slope = v.map((_, a) => v.reduce((sum, vb, b) => sum + g[a * members + b]! * vb, 0));
    let to = 0;
    let from = -1;
    for (let a = 0; a < members; a++) {
      if (slope[a]! < slope[to]!) to = a;
      if (v[a]! > 0 && (from < 0 || slope[a]! > slope[from]!)) from = a;
    }
    const gain = slope[from]! - slope[to]!;
    if (!(gain > 1e-12 * largest)) break;
    const curvature = g[to * members + to]! + g[from * members + from]! - 2 * g[to * members + from]!;
    const step = curvature > 0 ? Math.min(v[from]!, gain / curvature) : v[from]!;
    v[to]! += step;
    v[from] = step === v[from] ? 0 : v[from]! - step;
  }
  return v;
}

export const votePart: TabularPart<"vote", typeof VoteConfig> = {
  kind: "vote",
  config: VoteConfig,
  create: (config) => ({
    kind: "vote",
    learns: ["classes", "values"],
    fit: (train, validation, context) => fitVote(config, train, validation, context),
  }),
};
