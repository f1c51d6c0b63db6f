import type { BatchSource } from "@orion/grad";
import { type FeatureMatrix, gatherWindows } from "../sequence/featureMatrix.ts";
import type { LearnableTargets } from "./multiTaskTargets.ts";

/** Windows ending at `rows`, gathered when a batch is made. @param rowWeights by row of the stack, as `taskRowWeights` gives them */
export function multiTaskSource(
  matrix: FeatureMatrix,
  window: number,
  rows: Int32Array,
  targets: LearnableTargets,
  rowWeights: Readonly<Record<string, Float32Array>>,
): BatchSource {
  const { horizons } = targets;
  const weights = Object.entries(rowWeights);
  return {
    rows: rows.length,
    gather(picked, into) {
      const ends = picked.map((i) => rows[i]!);
      gatherWindows(matrix, window, ends, into.x);
      ends.forEach((row, b) => {
        for (let h = 0; h < horizons; h++)
          into.targets.returns![b * horizons + h] = targets.returns[row * horizons + h]!;
        into.targets.direction![b] = targets.direction[row]!;
        into.targets.position![b] = targets.position[row]!;
        into.targets.volatility![b] = targets.volatility[row]!;
        into.targets.risk![b] = targets.risk[row]!;
        for (const [name, values] of weights) into.targets[name]![b] = values[row]!;
      });
    },
  };
}
