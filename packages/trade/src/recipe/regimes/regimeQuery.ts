import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { ADJUSTMENTS, checkMarket, type Market } from "../../market/index.ts";
import { tabularParts } from "../../models/index.ts";

const schema = z.strictObject({
  symbol: z.string().min(1),
  timeframe: z.string().min(1),
  market: z.string().default("spot"),
  method: z.enum(["rule", "classifier", "hmm"]).default("classifier"),
  /** of hmm: the number of states; the one of least BIC of 2 to 5 unless given */
  states: z.int().min(1).max(20).optional(),
  /** of classifier: a kind of tabular model that learns classes, with its own defaults */
  model: z.string().default("lightgbm"),
  prices: z.enum(ADJUSTMENTS).default("raw"),
  from: z.string().optional(),
  to: z.string().optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});
export type RegimeQueryInput = z.input<typeof schema>;
export type RegimeQuery = Omit<z.output<typeof schema>, "market"> & { readonly market: Market };

/** @throws UsageError that names the option */
export function parseRegimeQuery(input: RegimeQueryInput): RegimeQuery {
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UsageError(`regimes.${issue?.path.join(".") ?? ""}: ${issue?.message ?? "does not fit"}`);
  }
  const query = { ...parsed.data, market: checkMarket(parsed.data.market) };
  if (query.states !== undefined && query.method !== "hmm")
    throw new UsageError(
      `regimes.states: the method '${query.method}' has seven regimes; states are of the method hmm: leave one of them out`,
    );
  if (input.model !== undefined && query.method !== "classifier")
    throw new UsageError(`regimes.model: the method '${query.method}' has no model to choose: leave it out`);
  if (!tabularParts.some((part) => part.kind === query.model))
    throw new UsageError(
      `regimes.model: there is no '${query.model}'; choose one of ${tabularParts.map((p) => p.kind).join(", ")}`,
    );
  return query;
}
