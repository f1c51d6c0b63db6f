import { SeriesKind } from "@orion/trade/wire";
import { z } from "zod";

export const timeframes = ["5m", "15m", "1h", "4h", "1d"] as const;

/** What the address of the page keeps: a link or a reload shows the same view. */
export const Search = z.object({
  timeframe: z.enum(timeframes).default("5m").catch("5m"),
  /** another model than the newest */
  model: z.string().optional().catch(undefined),
  /** the chart ends a little after this moment (ms UTC) instead of at the last bar */
  at: z.number().optional().catch(undefined),
  /** indicators over the chart, each as `sma(period=20)` */
  overlays: z.array(z.string().max(240)).max(6).optional().catch(undefined),
});
export type Search = z.infer<typeof Search>;

const text = () => z.string().optional().catch(undefined);

/** What every sorted list keeps: which words are looked for, by what it is sorted and which way. */
const listView = <const Sorts extends readonly string[]>(sorts: Sorts) => ({
  find: text(),
  sort: z.enum(sorts).optional().catch(undefined),
  down: z.boolean().optional().catch(undefined),
});

/** What the address of the data page keeps. */
export const DataSearch = z.object({
  ...listView([
    ...(["symbol", "market", "timeframe", "kind", "rows"] as const),
    ...(["from", "to", "behind", "bytes", "source"] as const),
  ]),
  /** the series that is looked at */
  symbol: text(),
  market: z.enum(["spot", "futures", "stock"]).optional().catch(undefined),
  timeframe: text(),
  kind: SeriesKind.optional().catch(undefined),
  /** the chart is centred on this moment (ms UTC) instead of ending with the last bar */
  at: z.number().optional().catch(undefined),
  /** the check that found the place at that moment */
  what: text(),
  /** findings of this check alone */
  check: text(),
});
export type DataSearch = z.infer<typeof DataSearch>;
export type SeriesSort = NonNullable<DataSearch["sort"]>;

/** What the address of the features page keeps. */
export const FeatureSearch = z.object({
  ...listView(["place", "name", "lookback", "missing", "validation", "test", "kept"]),
  recipe: text(),
  /** one of the recipe's symbols alone */
  symbol: text(),
  /** the column that is looked at */
  column: text(),
  /** the matrix of the columns that the selection keeps */
  after: z.boolean().optional().catch(undefined),
  /** how the matrix is ordered: neighbours move together, or as the recipe has them */
  order: z.enum(["blocks", "recipe"]).optional().catch(undefined),
});
export type FeatureSearch = z.infer<typeof FeatureSearch>;
export type FeatureSort = NonNullable<FeatureSearch["sort"]>;

/** What the address of the scan page keeps; its words are of rejected candidates. */
export const ScanSearch = z.object({
  ...listView([
    ...(["rank", "symbol", "decision", "confidence", "buy", "expected"] as const),
    ...(["risk", "horizon", "price", "age", "agreement", "reason"] as const),
  ]),
  recipe: text(),
  /** the symbol whose details are open */
  open: text(),
});
export type ScanSearch = z.infer<typeof ScanSearch>;
export type ScanSort = NonNullable<ScanSearch["sort"]>;
