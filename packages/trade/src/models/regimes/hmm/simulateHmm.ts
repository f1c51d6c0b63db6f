import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { normalQuantile } from "../../../core/normalQuantile.ts";
import { type Random, seededRandom } from "../../../core/random.ts";
import type { GaussianHmm, HmmRows } from "./gaussianHmm.ts";

/** Rows and their true states, drawn from the model. The same seed gives the same rows. */
export function simulateHmm(
  model: GaussianHmm,
  rows: number,
  seed: number,
): HmmRows & { readonly states: Int32Array } {
  const random = seededRandom(seed);
  const D = model.names.length;
  const lower = model.covariances.map((c) =>
    new CholeskyDecomposition(new Matrix(c)).lowerTriangularMatrix.to2DArray(),
  );
  const states = new Int32Array(rows);
  const values = new Float64Array(rows * D);
  for (let t = 0; t < rows; t++) {
    const k = draw(t === 0 ? model.initial : model.transition[states[t - 1]!]!, random);
    states[t] = k;
    // the middle of a cell: 0 has no finite quantile
    const z = Array.from({ length: D }, () => normalQuantile(random.next() + 2 ** -54));
    for (let d = 0; d < D; d++)
      values[t * D + d] = model.means[k]![d]! + lower[k]![d]!.reduce((sum, l, e) => sum + l * z[e]!, 0);
  }
  return { names: model.names, rows, values, states };
}

function draw(shares: readonly number[], random: Random): number {
  let left = random.next();
  for (const [k, share] of shares.entries()) {
    left -= share;
    if (left < 0) return k;
  }
  // what rounding leaves over
  return shares.findLastIndex((share) => share > 0);
}
