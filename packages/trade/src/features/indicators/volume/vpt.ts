import { z } from "zod";
import { indicator } from "../registry/indicator.ts";
import { vpt } from "../vpt.ts";

export const vptIndicator = indicator({
  name: "vpt",
  aliases: ["pvt"],
  title: "Volume-price trend",
  formula: "vpt[t-1] + volume[t] (close[t] / close[t-1] - 1), 0 in the first row",
  source: "Achelis, Technical Analysis from A to Z, 'Price and volume trend'",
  params: z.strictObject({}),
  inputs: ["close", "volume"],
  outputs: () => ({ vpt: 0 }),
  lookback: () => Number.POSITIVE_INFINITY,
  compute: ({ close, volume }) => ({ vpt: vpt(close, volume) }),
});
