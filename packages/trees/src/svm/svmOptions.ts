import type { OptionSpecs, OptionsOf } from "../training/readOptions.ts";

/** Options of a support vector machine with the kernel exp(-gamma |x - z|²). */
export const SVM_OPTIONS = {
  /** what a row on the wrong side costs (C) */
  cost: { kind: "number", min: 0, max: 1e9, default: 1, openMin: true },
  /** 0: 1 / features, which suits features of unit variance */
  gamma: { kind: "number", min: 0, max: 1e9, default: 0 },
  /** values only: errors below it cost nothing, in the target's unit (p of epsilon-SVR) */
  tube: { kind: "number", min: 0, max: 1e12, default: 0.1 },
  /** when the solver stops (eps) */
  tolerance: { kind: "number", min: 0, max: 1, default: 1e-3, openMin: true },
  cacheMb: { kind: "number", min: 1, max: 100_000, default: 200 },
  shrinking: { kind: "flag", default: true },
  /** parts the rows into the five folds on which the probabilities are fitted */
  seed: { kind: "integer", min: 0, max: 2 ** 31 - 1, default: 0 },
} as const satisfies OptionSpecs;

export type SvmOptions = OptionsOf<typeof SVM_OPTIONS>;
