import { z } from "zod";
import { NetworkConfig } from "../models/networks/index.ts";
import { ScalingConfig, TrainingConfig } from "../models/signalNet/signalNetConfig.ts";
import { timeSplitSchema } from "../models/validation/timeSplit.ts";

const partSpec = z.looseObject({ kind: z.string().min(1) });
const decision = z.strictObject({
  everyBars: z.int().min(1).max(10_000),
  minTrades: z.int().min(1),
});

const profile = z.strictObject({
  training: TrainingConfig.partial().optional(),
  decision: decision.partial().optional(),
});

/** A trading system as data: what is traded, what is seen, what is predicted, how it is validated, sized and paid for. */
export const RecipeSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "small letters, digits and dashes"),
  about: z.string().default(""),
  universe: z.strictObject({
    symbols: z
      .array(z.string().regex(/^[A-Z0-9][A-Z0-9._-]{0,29}$/))
      .length(1, "this recipe trades exactly one symbol"),
    market: z.enum(["spot", "futures", "stock"]),
    timeframe: z.string().regex(/^[1-9]\d{0,3}[mhdw]$/),
  }),
  features: z.array(partSpec).min(1),
  scaling: ScalingConfig,
  label: partSpec,
  split: timeSplitSchema,
  /** the network: its `kind`, the window it sees, its sizes */
  model: NetworkConfig,
  training: TrainingConfig,
  decision,
  sizing: partSpec,
  risk: z.array(partSpec),
  costs: z.strictObject({
    feeBps: z.number().min(0).max(1000),
    slippageBps: z.number().min(0).max(1000),
  }),
  initialCash: z.number().gt(0),
  seed: z.int().min(0),
  profiles: z.strictObject({ quick: profile.optional(), default: profile.optional() }).default({}),
});

export type RecipeFile = z.output<typeof RecipeSchema>;
/** A recipe with one profile applied: what a run does. */
export type Recipe = Omit<RecipeFile, "profiles">;
export type Profile = "quick" | "default" | "full";
