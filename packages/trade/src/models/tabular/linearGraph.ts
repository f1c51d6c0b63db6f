import {
  exportTable,
  type GraphBuilder,
  gemm,
  matmul,
  readParameters,
  softmax,
  type Tensor,
} from "@orion/grad";
import { FARTHEST, type Standardizer, standardize, standardizerWeights } from "./standardizer.ts";
import type { Table } from "./tabularModel.ts";

export interface LinearWeights {
  /** [F, P] row-major, of standardised columns */
  readonly weight: Float64Array;
  /** [P] */
  readonly bias: Float64Array;
}

/** s = z W + b [B, P]. */
function scores(g: GraphBuilder, x: Tensor, width: number): Tensor {
  const init = { kind: "zeros" } as const;
  const weight = g.parameter("linear.weight", [x.shape[1]!, width], { init, decay: true });
  const bias = g.parameter("linear.bias", [width], { init, decay: false });
  return gemm(g, standardize(g, x), weight, { bias });
}

/** [B, P] of the present classes to [B, K] of all, the others 0. */
export function spreadClasses(
  g: GraphBuilder,
  p: Tensor,
  places: readonly number[],
  classes: number,
): Tensor {
  if (places.length === classes) return p;
  const chosen = new Float64Array(places.length * classes);
  places.forEach((place, i) => {
    chosen[i * classes + place] = 1;
  });
  return matmul(g, p, g.constant(chosen, [places.length, classes]));
}

const weightsOf = (standardizer: Standardizer, { weight, bias }: LinearWeights) =>
  new Map([
    ...standardizerWeights(standardizer),
    ["linear.weight", Float32Array.from(weight)] as const,
    ["linear.bias", Float32Array.from(bias)] as const,
  ]);

/** x [B, F] -> probabilities [B, K] = softmax(z W + b), K classes of which `places` have a column of W. */
export function exportLogistic(
  standardizer: Standardizer,
  weights: LinearWeights,
  places: readonly number[],
  classes: number,
): Uint8Array {
  return exportTable(
    (g, x) => ({ probabilities: spreadClasses(g, softmax(g, scores(g, x, places.length)), places, classes) }),
    standardizer.mean.length,
    weightsOf(standardizer, weights),
  );
}

/** x [B, F] -> value [B, 1] = z w + b. */
export function exportLinear(standardizer: Standardizer, weights: LinearWeights): Uint8Array {
  return exportTable(
    (g, x) => ({ value: scores(g, x, 1) }),
    standardizer.mean.length,
    weightsOf(standardizer, weights),
  );
}

/**
 * Shapley values of a linear score, columns taken as independent (Lundberg and Lee 2017, corollary 1):
 *   phi_f = w_f (x_f - E x_f) / sd_f, phi_0 = b,
 * for two classes those of the log odds of the second; a class without rows has 0 throughout. [rows, K', F + 1]
 */
export async function linearContributions(
  onnx: Uint8Array,
  outputs: number,
  { names, rows, values }: Table,
): Promise<Float32Array> {
  const parameters = readParameters(onnx);
  const of = (name: string): Float32Array => parameters.get(name)!.values;
  const [mean, perScale, weight, bias] = [
    of("inputs.mean"),
    of("inputs.perScale"),
    of("linear.weight"),
    of("linear.bias"),
  ];
  const columns = names.length;
  const width = bias.length;
  const isPair = outputs === 2;
  const scoresOut = isPair ? 1 : width;
  const found = new Float32Array(rows * scoresOut * (columns + 1));
  const coefficient = (f: number, k: number): number =>
    isPair ? weight[f * 2 + 1]! - weight[f * 2]! : weight[f * width + k]!;
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < scoresOut; k++) {
      const at = (i * scoresOut + k) * (columns + 1);
      for (let f = 0; f < columns; f++) {
        const v = values[i * columns + f]!;
        const z = (v - mean[f]!) * perScale[f]!;
        if (!Number.isNaN(z)) found[at + f] = Math.max(-FARTHEST, Math.min(FARTHEST, z)) * coefficient(f, k);
      }
      found[at + columns] = isPair ? bias[1]! - bias[0]! : bias[k]!;
    }
  }
  return found;
}

/** By column the mean over the scores of the size of its standardised coefficient. */
export function coefficientSizes({ weight, bias }: LinearWeights): number[] {
  const width = bias.length;
  return Array.from({ length: weight.length / width }, (_, f) => {
    if (width === 2) return Math.abs(weight[f * 2 + 1]! - weight[f * 2]!);
    let sum = 0;
    for (let k = 0; k < width; k++) sum += Math.abs(weight[f * width + k]!);
    return sum / width;
  });
}
