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

export const sortColumns = [
  "symbol",
  "market",
  "timeframe",
  "kind",
  "rows",
  "from",
  "to",
  "behind",
  "bytes",
  "source",
] as const;
export type SortColumn = (typeof sortColumns)[number];

/** What the address of the data page keeps. */
export const DataSearch = z.object({
  /** the series that is looked at */
  symbol: z.string().optional().catch(undefined),
  market: z.enum(["spot", "futures", "stock"]).optional().catch(undefined),
  timeframe: z.string().optional().catch(undefined),
  kind: SeriesKind.optional().catch(undefined),
  /** the chart is centred on this moment (ms UTC) instead of ending with the last bar */
  at: z.number().optional().catch(undefined),
  /** the check that found the place at that moment */
  what: z.string().optional().catch(undefined),
  /** findings of this check alone */
  check: z.string().optional().catch(undefined),
  sort: z.enum(sortColumns).optional().catch(undefined),
  down: z.boolean().optional().catch(undefined),
  /** words that a series has to have */
  find: z.string().optional().catch(undefined),
});
export type DataSearch = z.infer<typeof DataSearch>;

export const featureSorts = ["place", "name", "lookback", "missing", "validation", "test", "kept"] as const;
export type FeatureSort = (typeof featureSorts)[number];

/** What the address of the features page keeps. */
export const FeatureSearch = z.object({
  recipe: z.string().optional().catch(undefined),
  /** one of the recipe's symbols alone */
  symbol: z.string().optional().catch(undefined),
  /** the column that is looked at */
  column: z.string().optional().catch(undefined),
  find: z.string().optional().catch(undefined),
  sort: z.enum(featureSorts).optional().catch(undefined),
  down: z.boolean().optional().catch(undefined),
  /** the matrix of the columns that the selection keeps */
  after: z.boolean().optional().catch(undefined),
  /** how the matrix is ordered: neighbours move together, or as the recipe has them */
  order: z.enum(["blocks", "recipe"]).optional().catch(undefined),
});
export type FeatureSearch = z.infer<typeof FeatureSearch>;

export const scanSorts = [
  "rank",
  "symbol",
  "decision",
  "confidence",
  "expected",
  "risk",
  "horizon",
  "price",
  "age",
  "agreement",
  "reason",
] as const;
export type ScanSort = (typeof scanSorts)[number];

/** What the address of the scan page keeps. */
export const ScanSearch = z.object({
  recipe: z.string().optional().catch(undefined),
  /** the symbol whose details are open */
  open: z.string().optional().catch(undefined),
  sort: z.enum(scanSorts).optional().catch(undefined),
  down: z.boolean().optional().catch(undefined),
  /** words that a rejected candidate has to have */
  find: z.string().optional().catch(undefined),
});
export type ScanSearch = z.infer<typeof ScanSearch>;
