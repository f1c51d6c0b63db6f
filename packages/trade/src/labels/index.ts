import { forwardReturns } from "./forwardReturns.ts";
import { metaLabel } from "./metaLabel.ts";
import { regimeLabels } from "./regime/index.ts";
import { sixTargets } from "./sixTargets.ts";
import { threeClass } from "./threeClass.ts";
import { trendScanning } from "./trendScanning.ts";
import { tripleBarrier } from "./tripleBarrier.ts";

export * from "./cusumEvents.ts";
export * from "./dailyVolatility.ts";
export * from "./labeler.ts";
export * from "./labelSpans.ts";
export { type MetaLabelConfig, metaLabelConfig, metaLabels } from "./metaLabel.ts";
export * from "./rank.ts";
export * from "./regime/index.ts";
export * from "./sequentialBootstrap.ts";
export * from "./uniqueness.ts";

/** All labelers by the name that recipes use. */
export const labelParts = [
  threeClass,
  sixTargets,
  forwardReturns,
  tripleBarrier,
  metaLabel,
  trendScanning,
  regimeLabels,
] as const;
