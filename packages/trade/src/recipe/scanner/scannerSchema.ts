import { z } from "zod";
import { ScalingConfig } from "../../features/index.ts";
import { NetworkConfig } from "../../models/networks/index.ts";
import { TrainingConfig } from "../../models/signalNet/signalNetConfig.ts";
import { StackConfig } from "../../models/tabular/fitStack.ts";
import { timeSplitSchema } from "../../models/validation/timeSplit.ts";

const partSpec = z.looseObject({ kind: z.string().min(1) });
const symbol = z.string().regex(/^[A-Z0-9][A-Z0-9._-]{0,29}$/);
const timeframe = z.string().regex(/^[1-9]\d{0,3}[mhdw]$/);

const timeframes = z.strictObject({
  /** shortest first; a candidate has a forecast of each that its stored bars cover */
  names: z
    .array(timeframe)
    .min(1)
    .refine((all) => new Set(all).size === all.length, "name each timeframe once"),
  features: z.array(partSpec).min(1),
  scaling: ScalingConfig,
  /** of the next bar: its class and its return */
  label: partSpec,
  model: NetworkConfig,
  training: TrainingConfig,
  /** training windows a network at most, spread evenly over time */
  mostWindows: z.int().min(100).max(10_000_000),
  /** a timeframe with fewer training windows gets no network */
  leastWindows: z.int().min(100).default(500),
});

const stack = StackConfig.extend({
  /** base models by name; each votes */
  bases: z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/), partSpec),
  meta: partSpec,
});

const risk = z.strictObject({
  /** daily returns that volatility and dependence are estimated from */
  windowBars: z.int().min(100).max(10_000).default(500),
});

/** Which of the decisions become signals. */
const signals = z.strictObject({
  /** least calibrated probability of BUY */
  minConfidence: z.number().min(0).max(1).default(0.7),
  /** largest risk score, 1 to 10 */
  maxRisk: z.number().min(1).max(10).default(6),
  top: z.int().min(1).max(1000).default(10),
});

const profile = z.strictObject({
  everyBars: z.int().min(1).optional(),
  timeframes: z
    .strictObject({ training: TrainingConfig.partial().optional(), mostWindows: z.int().min(100).optional() })
    .optional(),
  stack: z.strictObject({ folds: z.int().min(2).max(20).optional() }).optional(),
});

/**
 * A trading system of stages: a momentum scan of many stocks chooses candidates; one network a timeframe forecasts each;
 * volatility and dependence tell its risk; base models and a meta-learner decide. What a stage learns from an earlier one is
 * out of fold.
 */
export const ScannerRecipeSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "small letters, digits and dashes"),
  about: z.string().default(""),
  universe: z.strictObject({
    /** every stored series of the market and timeframe unless given */
    symbols: z
      .array(symbol)
      .refine((all) => new Set(all).size === all.length, "name each symbol once")
      .optional(),
    market: z.enum(["spot", "futures", "stock"]),
    timeframe,
    /** what dependence is measured against: the market, and a second index; never candidates themselves */
    indices: z.tuple([symbol, symbol]),
    /** stored series that are no candidates: funds, indices */
    exclude: z.array(symbol).default([]),
  }),
  /** the momentum scan: `top` candidates, filters, weights, windows */
  scan: z.record(z.string(), z.unknown()).default({}),
  features: z.array(partSpec).min(1),
  timeframes,
  risk,
  label: partSpec,
  split: timeSplitSchema,
  /** a decision, and a training row of each candidate, every k bars */
  everyBars: z.int().min(1).max(10_000),
  stack,
  signals,
  /** what a backtest does with the signals */
  portfolio: z.strictObject({
    /** fraction of the equity in each of `signals.top` places; what has no signal stays cash */
    weight: z.number().gt(0).max(1),
    risk: z.array(partSpec).default([]),
  }),
  costs: z.strictObject({
    feeBps: z.number().min(0).max(1000),
    slippageBps: z.number().min(0).max(1000),
  }),
  initialCash: z.number().gt(0),
  seed: z.int().min(0),
  profiles: z.strictObject({ quick: profile.optional(), default: profile.optional() }).default({}),
});

export type ScannerRecipeFile = z.output<typeof ScannerRecipeSchema>;
/** A recipe of stages with one profile applied: what a run does. */
export type ScannerRecipe = Omit<ScannerRecipeFile, "profiles">;
