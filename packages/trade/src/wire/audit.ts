import { z } from "zod";
import { IsoTime, Measured, Ticker } from "./common.ts";

/** `not judged`: the recipe has nothing of the kind, or too little of it to tell; the finding says why. */
export const AuditVerdict = z.enum(["clean", "leak", "not judged"]);
export type AuditVerdict = z.infer<typeof AuditVerdict>;

/** One of the proofs that nothing looks ahead. */
export const AuditCheck = z.object({
  id: z.enum(["truncation", "perturbation", "overlap", "permutedLabels", "warmUp", "fills"]),
  title: z.string(),
  verdict: AuditVerdict,
  /** what was found, in words, with its numbers */
  finding: z.string(),
  /** values, rows, trainings or fills that were looked at */
  compared: z.number().int(),
});
export type AuditCheck = z.infer<typeof AuditCheck>;

export const AuditLeak = z.object({
  check: z.enum(["truncation", "perturbation", "warmUp"]),
  symbol: z.string(),
  /** close of the row whose value changed */
  row: IsoTime,
  /** what was known, or left unchanged, ends here */
  moment: IsoTime,
  /** null where there is no value */
  was: Measured,
  became: Measured,
  note: z.string().optional(),
});

/** One column through the checks that look at columns. */
export const AuditColumn = z.object({
  /** feature: as computed; input: as the network reads it; bar: as assembled of other timeframes; label; membership: in the universe, or among the candidates, or not; prediction; model: its bytes */
  kind: z.enum(["feature", "input", "bar", "label", "membership", "prediction", "model"]),
  name: z.string(),
  truncation: AuditVerdict,
  perturbation: AuditVerdict,
  warmUp: AuditVerdict,
  /** largest distance between the value by exactly the declared lookback and by all history, in deviations of the column */
  warmUpDeviation: Measured,
  /** the first find of each check */
  leaks: z.array(AuditLeak),
});
export type AuditColumn = z.infer<typeof AuditColumn>;

/** Balanced accuracy on the validation rows of networks that were trained on block-permuted labels. */
export const AuditPermutation = z.object({
  head: z.string(),
  /** 1 / classes */
  chance: z.number(),
  /** validation rows judged, and how many of each class */
  rows: z.number().int(),
  classes: z.array(z.number().int()),
  /** rows of a bootstrap block */
  block: z.number().int(),
  mean: z.number(),
  /** 99 % of the mean over the seeds; null with fewer than two */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  seeds: z.array(
    z.object({
      seed: z.number().int(),
      balancedAccuracy: z.number(),
      /** 95 %, block bootstrap over the rows; null with fewer than 8 blocks */
      interval: z.tuple([z.number(), z.number()]).nullable(),
    }),
  ),
  /** of the network that was trained on the labels as they are: what the permuted ones are to be compared with */
  unpermuted: z.number(),
});
export type AuditPermutation = z.infer<typeof AuditPermutation>;

/** GET /api/audit/leakage, and `orion audit leakage --json` */
export const AuditReport = z.object({
  recipe: z.string(),
  verdict: z.enum(["clean", "leak"]),
  symbols: z.array(z.object({ symbol: Ticker, rows: z.number().int(), from: IsoTime, to: IsoTime })),
  context: z.array(Ticker),
  /** examples of each part of the split */
  examples: z.object({ train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
  seed: z.number().int(),
  /** moments at which bars were cut off, and changed */
  moments: z.array(IsoTime),
  /** the network that was trained for the audit */
  training: z.string(),
  checks: z.array(AuditCheck),
  permutation: z.array(AuditPermutation),
  columns: z.array(AuditColumn),
  /** what the audit could not look at, in words */
  notes: z.array(z.string()),
});
export type AuditReport = z.infer<typeof AuditReport>;
