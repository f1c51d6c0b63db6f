import { smallNetwork } from "../../audit/smallTraining.ts";
import type { ScannerRecipe } from "../scannerSchema.ts";

/** How much of a recipe of stages an audit runs. */
export interface ScannerAuditSize {
  readonly symbols: number;
  /** newest bars of the recipe's own timeframe, and of every shorter one */
  readonly bars: number;
  readonly intraday: number;
  /** candidate rows, about */
  readonly rows: number;
  /** training windows of a timeframe's network */
  readonly windows: number;
  readonly rounds: number;
  readonly moments: number;
  /** rows that are computed anew from exactly their lookback */
  readonly samples: number;
  readonly trials: number;
}

export const SCANNER_SIZES = {
  full: {
    symbols: 12,
    bars: 1500,
    intraday: 20_000,
    rows: 700,
    windows: 800,
    rounds: 20,
    moments: 14,
    samples: 12,
    trials: 7,
  },
  quick: {
    symbols: 8,
    bars: 1300,
    intraday: 8_000,
    rows: 450,
    windows: 400,
    rounds: 10,
    moments: 8,
    samples: 6,
    trials: 5,
  },
} as const satisfies Record<string, ScannerAuditSize>;

/** What a model of a table is given less of; its other settings stay. */
const LESS = {
  rounds: (size: ScannerAuditSize) => size.rounds,
  minLeafRows: () => 5,
  minLeafWeight: () => 5,
} as const;
const LEAST_WINDOWS = 100;
const FOLDS = 3;

/**
 * The same stages, small: fewer rounds of trees, a network of widths of 16 that passes once over a few windows, three folds at
 * most, and the timeframes in `trained` alone. What the audit looks for lies in the columns, rows, folds and the fitting, and a
 * small training goes through all of them. Few symbols are left, so the scan chooses fewer.
 * @param top candidates of a scan
 */
export function smallScanner(
  recipe: ScannerRecipe,
  size: ScannerAuditSize,
  { top, trained }: { readonly top: number; readonly trained: readonly string[] },
): ScannerRecipe {
  const { timeframes, stack } = recipe;
  const {
    schedule: _s,
    curriculum: _c,
    accumulate: _a,
    monitor: _m,
    averageDecay: _d,
    ...training
  } = timeframes.training;
  return {
    ...recipe,
    scan: { ...recipe.scan, top },
    timeframes: {
      ...timeframes,
      names: [...trained],
      model: smallNetwork(timeframes.model),
      training: {
        ...training,
        epochs: 1,
        patience: 1,
        batch: Math.min(training.batch, 32),
        warmupSteps: Math.min(training.warmupSteps, 2),
        learningRate: Math.max(training.learningRate, 0.003),
      },
      mostWindows: Math.min(timeframes.mostWindows, size.windows),
      leastWindows: Math.min(timeframes.leastWindows, LEAST_WINDOWS),
    },
    stack: {
      ...stack,
      folds: Math.min(stack.folds, FOLDS),
      bases: Object.fromEntries(
        Object.entries(stack.bases).map(([name, spec]) => [name, smaller(spec, size)]),
      ),
    },
  };
}

function smaller(
  spec: ScannerRecipe["stack"]["meta"],
  size: ScannerAuditSize,
): ScannerRecipe["stack"]["meta"] {
  const less = Object.fromEntries(
    Object.entries(LESS).flatMap(([key, most]) => {
      const given = spec[key];
      return typeof given === "number" ? [[key, Math.min(given, most(size))]] : [];
    }),
  );
  const epochs = spec.kind === "mlp" ? { epochs: size.rounds, hidden: [16] } : {};
  return { ...spec, ...less, ...epochs };
}
