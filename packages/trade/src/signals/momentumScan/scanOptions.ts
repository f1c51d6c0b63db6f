import { z } from "zod";
import { UsageError } from "../../core/errors.ts";

const weight = (points: number) => z.number().min(0).max(100).default(points);
const period = (bars: number) => z.number().int().min(2).max(10_000).default(bars);
const bounds = (low: number, high: number) =>
  z
    .tuple([z.number(), z.number()])
    .refine(([from, to]) => from < to, "has to ascend: [low, high]")
    .default([low, high]);
const positiveBounds = (low: number, high: number) =>
  z
    .tuple([z.number().positive(), z.number().positive()])
    .refine(([from, to]) => from < to, "has to ascend: [low, high]")
    .default([low, high]);

const weightsSchema = z
  .strictObject({
    rsi: weight(20),
    rvol: weight(25),
    percentChange: weight(20),
    trend: weight(15),
    gap: weight(5),
    dollarVolume: weight(5),
    distanceTo52WeekHigh: weight(10),
  })
  .superRefine((weights, context) => {
    const sum = sumOf(weights);
    if (Math.abs(sum - 100) > 1e-9)
      context.addIssue({ code: "custom", message: `sum to ${sum}: they have to sum to 100` });
  });

function sumOf(weights: Readonly<Record<string, number>>): number {
  return Object.values(weights).reduce((sum, points) => sum + points, 0);
}

const boundsSchema = z.strictObject({
  /** 0 to 100 */
  rsi: bounds(40, 80),
  /** ratio, on a logarithmic scale */
  rvol: positiveBounds(1, 10),
  /** percent */
  percentChange: bounds(0, 10),
  /** fraction */
  gap: bounds(0, 0.05),
  /** quote currency a bar, on a logarithmic scale */
  dollarVolume: positiveBounds(1e6, 1e9),
  /** fraction, 0 at the high */
  distanceTo52WeekHigh: bounds(-0.3, 0),
});

const filtersSchema = z.strictObject({
  /** last close, quote currency. The SEC counts stocks below 5 dollars as penny stocks (rule 3a51-1) */
  minPrice: z.number().min(0).default(5),
  /** median of price times volume, quote currency a bar */
  minDollarVolume: z.number().min(0).default(1e6),
  /** bars without volume or without any move that make a halt */
  haltBars: z.number().int().min(1).max(250).default(3),
  /** bars of the universe that a symbol may lack at its end */
  staleBars: z.number().int().min(0).max(250).default(1),
  /** only relative strength from .. to */
  rsi: z
    .tuple([z.number().min(0).max(100), z.number().min(0).max(100)])
    .refine(([from, to]) => from < to, "has to ascend: [low, high]")
    .optional(),
  /** only relative volume from this on */
  minRvol: z.number().min(0).optional(),
});

const windowsSchema = z
  .strictObject({
    rsi: period(14),
    rvol: period(20),
    /** exponential averages of the trend */
    fast: period(20),
    slow: period(50),
    /** bars over which an average's slope is taken */
    slope: period(5),
    dollarVolume: period(20),
    /** trading days of 52 weeks */
    high: period(252),
  })
  .refine(({ fast, slow }) => fast < slow, {
    path: ["fast"],
    message: "has to be shorter than `slow`",
  });

const optionsSchema = z.strictObject({
  /** how many candidates at most */
  top: z.number().int().min(1).max(100_000).default(50),
  weights: weightsSchema.prefault({}),
  bounds: boundsSchema.prefault({}),
  filters: filtersSchema.prefault({}),
  windows: windowsSchema.prefault({}),
});

/** What a momentum scan can be told; all has defaults, periods count bars. */
export type ScanOptionsInput = z.input<typeof optionsSchema>;
export type ScanOptions = z.output<typeof optionsSchema>;

/** @throws UsageError that names the first option that does not fit */
export function parseScanOptions(options: ScanOptionsInput = {}): ScanOptions {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UsageError(`${["scan", ...(issue?.path ?? [])].join(".")}: ${issue?.message ?? "does not fit"}`);
}
