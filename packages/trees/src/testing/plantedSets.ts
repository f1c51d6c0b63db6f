import type { TreeSets } from "../training/treeData.ts";

/** Numbers in [-1, 1) that depend on the seed alone: the generator of Park and Miller. */
export function plantedNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
}

/** Rows whose first two columns tell the class or the value, with noise; every eleventh value is missing where it is asked for. */
export function plantedSets(
  kind: "classes" | "value",
  options: { rows?: number; features?: number; classes?: number; seed?: number; missing?: boolean } = {},
): TreeSets {
  const { rows = 400, features = 5, classes = 3, seed = 7, missing = false } = options;
  const next = plantedNumbers(seed);
  const values = Float32Array.from({ length: rows * features }, next);
  const targets = Float32Array.from({ length: rows }, (_, row) => {
    const score = values[row * features]! + values[row * features + 1]! + 0.3 * next();
    if (kind === "value") return score;
    return Math.max(0, Math.min(classes - 1, Math.floor(((score + 1.5) / 3) * classes)));
  });
  if (missing) for (let i = 3; i < values.length; i += 11) values[i] = Number.NaN;
  return {
    task: kind === "value" ? { kind } : { kind, classes },
    train: { table: { values, rows, features }, targets },
  };
}
