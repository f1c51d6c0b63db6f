import { z } from "zod";
import { ScalingConfig, SelectionConfig } from "../features/index.ts";
import { ADJUSTMENTS } from "../market/actions/adjustBars.ts";
import { BESIDE } from "../market/bars.ts";
import { GICS_SECTORS, type GicsSector } from "../market/index.ts";
import { ReptileConfig } from "../models/adaptation/reptile.ts";
import { EnsembleConfig } from "../models/ensemble/ensembleConfig.ts";
import { MultiTaskTraining } from "../models/multiTask/multiTaskConfig.ts";
import { NetworkConfig } from "../models/networks/index.ts";
import { TrainingConfig } from "../models/signalNet/signalNetConfig.ts";
import { timeSplitSchema } from "../models/validation/timeSplit.ts";

const partSpec = z.looseObject({ kind: z.string().min(1) });
const symbol = z.string().regex(/^[A-Z0-9][A-Z0-9._-]{0,29}$/);
const market = z.enum(["spot", "futures", "stock"]);
const timeframe = z.string().regex(/^[1-9]\d{0,3}[mhdw]$/);
const day = z.iso.date();
const sector = z.enum(Object.keys(GICS_SECTORS) as [GicsSector, ...GicsSector[]]);
/** stored beside the bars of a perpetual future and joined as of each close, for features that read it */
const beside = z
  .array(z.enum(BESIDE))
  .refine((kinds) => new Set(kinds).size === kinds.length, "name each kind once")
  .optional();
const decision = z.strictObject({
  everyBars: z.int().min(1).max(10_000),
  minTrades: z.int().min(1),
});

const profile = z.strictObject({
  training: TrainingConfig.partial().optional(),
  decision: decision.partial().optional(),
});

const common = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "small letters, digits and dashes"),
  about: z.string().default(""),
  features: z.array(partSpec).min(1),
  scaling: ScalingConfig,
  /** which of the columns the network reads, chosen on the training rows; all of them unless given */
  selection: SelectionConfig.optional(),
  label: partSpec,
  split: timeSplitSchema,
  /** the network: its `kind`, the window it sees, its sizes */
  model: NetworkConfig,
  seed: z.int().min(0),
};

/** A trading system as data: what is traded, what is seen, what is predicted, how it is validated, sized and paid for. */
export const RecipeSchema = z.strictObject({
  ...common,
  universe: z.strictObject({
    symbols: z.array(symbol).length(1, "this recipe trades exactly one symbol"),
    market,
    timeframe,
    beside,
  }),
  training: TrainingConfig,
  /** several networks that vote, their disagreement beside the forecast; one network unless given */
  ensemble: EnsembleConfig.optional(),
  decision,
  sizing: partSpec,
  risk: z.array(partSpec),
  costs: z.strictObject({
    feeBps: z.number().min(0).max(1000),
    slippageBps: z.number().min(0).max(1000),
  }),
  initialCash: z.number().gt(0),
  profiles: z.strictObject({ quick: profile.optional(), default: profile.optional() }).default({}),
});

const multiTaskProfile = z.strictObject({ training: MultiTaskTraining.partial().optional() });

/**
 * A recipe whose label has six tasks: many instruments seen beside their context, one network for all of them. It has no
 * thresholds, sizing or costs: what it forecasts is traded by a portfolio of many instruments, not by this recipe.
 */
export const MultiTaskRecipeSchema = z.strictObject({
  ...common,
  universe: z
    .strictObject({
      symbols: z
        .array(symbol)
        .refine((all) => new Set(all).size === all.length, "name each symbol once")
        .default([]),
      /** instead of symbols: small, medium, large, or a .csv file beside the recipe (see `withUniverse`) */
      file: z.string().min(1).optional(),
      /** by symbol, when it is in the universe, days [from, to): rows outside are no examples; always where it has none */
      periods: z.record(symbol, z.array(z.strictObject({ from: day, to: day.nullable() }))).optional(),
      /** by symbol its sector, for features that compare it with its sector; from the file where one is named */
      sectors: z.record(symbol, sector).optional(),
      /** symbols that each is ranked among, for features that rank; the symbols unless given */
      peers: z.array(symbol).min(2).optional(),
      market,
      timeframe,
      beside,
      /** prices of symbols and context as stored (raw) or with stored factors taken out; raw unless given, mark prices always */
      prices: z.enum(ADJUSTMENTS).optional(),
      /** instruments that every symbol is seen beside, joined as of each close: bars, or mark prices where there are no bars */
      context: z.array(symbol).default([]),
    })
    .refine(({ symbols, file }) => symbols.length > 0 || file !== undefined, {
      path: ["symbols"],
      message: "name at least one symbol, or a universe by `file`",
    }),
  training: MultiTaskTraining,
  /** first weights from which each symbol is learned in few steps, sought before the training; drawn by the seed unless given */
  meta: ReptileConfig.optional(),
  profiles: z
    .strictObject({ quick: multiTaskProfile.optional(), default: multiTaskProfile.optional() })
    .default({}),
});

export type RecipeFile = z.output<typeof RecipeSchema>;
export type MultiTaskRecipeFile = z.output<typeof MultiTaskRecipeSchema>;
export type AnyRecipeFile = RecipeFile | MultiTaskRecipeFile;
/** A recipe with one profile applied: what a run does. */
export type Recipe = Omit<RecipeFile, "profiles">;
export type MultiTaskRecipe = Omit<MultiTaskRecipeFile, "profiles">;
export type AnyRecipe = Recipe | MultiTaskRecipe;
export type Profile = "quick" | "default" | "full";

/** The label whose kind makes a recipe one of six heads. */
export const SIX_TARGETS = "sixTargets";

/** Whether what was read as a recipe, sound or not, asks for six heads. */
export function asksForSixHeads(value: unknown): boolean {
  const label = (value as { label?: { kind?: unknown } | null } | null)?.label;
  return label?.kind === SIX_TARGETS;
}

/** Whether what was read as a recipe, sound or not, is one of stages: a scan of many symbols and a stack of models. */
export function hasStages(value: unknown): boolean {
  return typeof (value as { stack?: unknown } | null)?.stack === "object";
}

export function isMultiTask(recipe: MultiTaskRecipeFile | RecipeFile): recipe is MultiTaskRecipeFile;
export function isMultiTask(recipe: AnyRecipe): recipe is MultiTaskRecipe;
export function isMultiTask(recipe: AnyRecipe): boolean {
  return asksForSixHeads(recipe);
}
