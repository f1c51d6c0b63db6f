import { UsageError } from "../../core/errors.ts";
import { createPart } from "../../core/parts.ts";
import type { SearchSpace, SearchValue, SearchValues } from "../../models/search/searchSpace.ts";
import type { TabularModel } from "../../models/tabular/tabularModel.ts";
import { tabularParts } from "../../models/tabular/tabularParts.ts";

export type ModelSpec = { readonly kind: string } & Readonly<Record<string, unknown>>;

/**
 * What is searched of each kind of model unless a file says another: sizes and strengths that act by their order of
 * magnitude on a log scale, shares evenly. The number of trees stays the recipe's: early stopping finds it.
 */
export const TUNE_SPACES: Readonly<Record<string, SearchSpace>> = {
  xgboost: {
    learningRate: { kind: "logUniform", low: 0.01, high: 0.2 },
    maxDepth: { kind: "int", low: 2, high: 8, log: false },
    minLeafWeight: { kind: "logUniform", low: 1, high: 200 },
    rowSample: { kind: "uniform", low: 0.4, high: 1 },
    columnSample: { kind: "uniform", low: 0.2, high: 1 },
    l2: { kind: "logUniform", low: 0.01, high: 100 },
  },
  lightgbm: {
    learningRate: { kind: "logUniform", low: 0.01, high: 0.2 },
    leaves: { kind: "int", low: 4, high: 63, log: true },
    minLeafRows: { kind: "int", low: 10, high: 500, log: true },
    rowSample: { kind: "uniform", low: 0.4, high: 1 },
    columnSample: { kind: "uniform", low: 0.2, high: 1 },
    l2: { kind: "logUniform", low: 0.01, high: 100 },
  },
  randomForest: {
    leaves: { kind: "int", low: 7, high: 255, log: true },
    minLeafRows: { kind: "int", low: 5, high: 500, log: true },
    rowSample: { kind: "uniform", low: 0.3, high: 0.9 },
    columnSampleByNode: { kind: "logUniform", low: 0.03, high: 0.6 },
  },
  svm: {
    cost: { kind: "logUniform", low: 0.01, high: 100 },
    gamma: { kind: "logUniform", low: 0.0001, high: 0.1 },
  },
  mlp: {
    hidden: { kind: "choice", values: ["32", "64", "64,32", "128,64", "128,64,32"] },
    dropout: { kind: "uniform", low: 0, high: 0.5 },
    learningRate: { kind: "logUniform", low: 0.0003, high: 0.01 },
    weightDecay: { kind: "logUniform", low: 0.0001, high: 0.1 },
    batch: { kind: "choice", values: [32, 64, 128, 256] },
  },
  logistic: {
    lambda: { kind: "logUniform", low: 0.00001, high: 10 },
    l1Ratio: { kind: "uniform", low: 0, high: 1 },
  },
};

/**
 * The base model that is meant: one of the recipe's by its name, or a kind of model at its usual options.
 * @returns its specification, and whether the recipe has it
 * @throws UsageError when it is neither, or has nothing to search
 */
export function tuneBase(
  bases: Readonly<Record<string, ModelSpec>>,
  base: string,
): { readonly name: string; readonly spec: ModelSpec; readonly isOwn: boolean } {
  const own = Object.hasOwn(bases, base) ? base : Object.keys(bases).find((n) => bases[n]!.kind === base);
  const spec = own === undefined ? { kind: base } : bases[own]!;
  if (!Object.hasOwn(TUNE_SPACES, spec.kind)) {
    const known = [...new Set([...Object.keys(bases), ...Object.keys(TUNE_SPACES)])];
    throw new UsageError(
      `base '${base}' has no options to search for classes: choose one of ${known.join(", ")}`,
    );
  }
  return { name: own ?? base, spec, isOwn: own !== undefined };
}

/**
 * A model's options with what a trial drew in place of its own. Layer sizes are written "64,32" in a space, since a choice is
 * of single values; a recipe has them as a list.
 */
export function withValues(spec: ModelSpec, values: SearchValues): ModelSpec {
  const written = ([name, value]: [string, SearchValue]): [string, unknown] =>
    spec.kind === "mlp" && name === "hidden" ? [name, String(value).split(",").map(Number)] : [name, value];
  return { ...spec, ...Object.fromEntries(Object.entries(values).map(written)) };
}

/**
 * Makes the model at the ends of every range and at every choice: a space that leads out of what the model takes is refused
 * before anything is fitted.
 * @throws UsageError that names the option
 */
export function checkSpace(spec: ModelSpec, space: SearchSpace): void {
  for (const [name, range] of Object.entries(space)) {
    if (name === "kind") throw new UsageError("space: 'kind' is the model itself: tune one kind at a time");
    for (const value of range.kind === "choice" ? range.values : [range.low, range.high])
      createPart<TabularModel>(tabularParts, withValues(spec, { [name]: value }), "space");
  }
}
