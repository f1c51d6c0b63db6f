import { parse } from "yaml";
import { z } from "zod";
import { messageOf, UsageError } from "../core/errors.ts";
import { createPart } from "../core/parts.ts";
import { timeframeMs, timeframeName } from "../core/time.ts";
import { type ColumnDoc, type Feature, featureParts } from "../features/index.ts";
import { checkMarket, checkSymbol, universeSymbols } from "../market/index.ts";
import { featuresOf } from "./dataset.ts";
import { applyProfile, loadRecipe } from "./loadRecipe.ts";
import { loadUniverse } from "./loadUniverse.ts";
import { recipeFor } from "./recipePanels.ts";
import { periodsOf, sectorsOf } from "./recipeUniverse.ts";
import type { SeenUniverse } from "./seenUniverse.ts";

/** Whose columns are asked for: a recipe's, or those of one feature set on one symbol. */
export interface SourceQuery {
  /** a recipe's name or a .yaml file; orionquant unless given */
  readonly recipe?: string | undefined;
  /** instead of a recipe a set: its kind, or YAML or JSON with a `kind` and the set's own keys */
  readonly set?: string | undefined;
  /** of a recipe: this symbol alone instead of its own; of a set: the symbol */
  readonly symbol?: string | undefined;
  /** of a set */
  readonly market?: string | undefined;
  readonly timeframe?: string | undefined;
  /** of a set that ranks: whose members are ranked, a name or a .csv file */
  readonly universe?: string | undefined;
}

export interface FeatureSource {
  /** null where a set was asked for */
  readonly recipe: string | null;
  /** by part, its kind */
  readonly kinds: readonly string[];
  readonly parts: readonly Feature[];
  readonly universe: SeenUniverse;
}

const DEFAULT_RECIPE = "orionquant";

/** @throws UsageError for a recipe or set that is none, or options that do not go together */
export async function featureSource(query: SourceQuery): Promise<FeatureSource> {
  if (query.set !== undefined) return setSource(query.set, query);
  for (const option of ["market", "timeframe", "universe"] as const) {
    if (query[option] !== undefined)
      throw new UsageError(`${option}: a recipe names its own; say it together with a set`);
  }
  const recipe = recipeFor(
    applyProfile(await loadRecipe(query.recipe ?? DEFAULT_RECIPE), "full"),
    query.symbol,
  );
  return {
    recipe: recipe.name,
    kinds: recipe.features.map((spec) => spec.kind),
    parts: featuresOf(recipe),
    universe: recipe.universe,
  };
}

/** Every column of a set with its formula and source. @throws UsageError that lists the sets */
export function listSetFeatures(set: string): readonly ColumnDoc[] {
  return setOf(set).part.docs;
}

async function setSource(set: string, query: SourceQuery): Promise<FeatureSource> {
  if (query.recipe !== undefined) throw new UsageError("set: name a recipe or a set, not both");
  const { kind, part } = setOf(set);
  const { symbol, market, timeframe } = query;
  if (symbol === undefined || market === undefined || timeframe === undefined)
    throw new UsageError(`set '${kind}': say on which bars, by symbol, market and timeframe`);
  const { context, beside, peers } = part.needs ?? {};
  if ((peers === undefined) !== (query.universe === undefined))
    throw new UsageError(
      peers === undefined
        ? `universe: set '${kind}' ranks nothing: leave it out`
        : `set '${kind}' ranks a symbol among others: say which universe, a name or a .csv file`,
    );
  const own = {
    symbols: [checkSymbol(symbol)],
    market: checkMarket(market),
    timeframe: timeframeName(timeframeMs(timeframe)),
    context,
    beside: beside?.length ? beside : undefined,
  };
  const ranked = query.universe === undefined ? {} : await ranksIn(query.universe, own.market);
  return { recipe: null, kinds: [kind], parts: [part], universe: { ...own, ...ranked } };
}

async function ranksIn(
  nameOrFile: string,
  market: SeenUniverse["market"],
): Promise<Pick<SeenUniverse, "peers" | "periods" | "sectors">> {
  const universe = await loadUniverse(nameOrFile);
  const members = universe.members.filter((member) => member.market === market);
  return {
    peers: universeSymbols(universe, { market }),
    periods: periodsOf(members),
    sectors: sectorsOf(members),
  };
}

function setOf(text: string): { kind: string; part: Feature } {
  let value: unknown;
  try {
    value = parse(text);
  } catch (thrown) {
    throw new UsageError(`set: ${messageOf(thrown)}`, { cause: thrown });
  }
  const spec = z
    .union([z.looseObject({ kind: z.string() }), z.string().transform((kind) => ({ kind }))])
    .safeParse(value);
  if (!spec.success)
    throw new UsageError(
      `set: '${text}' names no kind: write such as scanner90, or '{ kind: scanner90, timeframes: [1m, 5m] }'`,
    );
  return { kind: spec.data.kind, part: createPart<Feature>(featureParts, spec.data, "set") };
}
