import { z } from "zod";

export const timeframes = ["5m", "15m", "1h", "4h", "1d"] as const;

/** What the address of the page keeps: a link or a reload shows the same view. */
export const Search = z.object({
  timeframe: z.enum(timeframes).default("5m").catch("5m"),
  /** another model than the newest */
  model: z.string().optional().catch(undefined),
  /** the chart ends a little after this moment (ms UTC) instead of at the last bar */
  at: z.number().optional().catch(undefined),
});
export type Search = z.infer<typeof Search>;
