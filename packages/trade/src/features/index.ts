import { marketContext } from "./context/marketContext.ts";
import { crossSection } from "./crossSection/crossSection.ts";
import { futures100 } from "./sets/futures100.ts";
import { hybrid60 } from "./sets/hybrid60.ts";
import { hybridCore } from "./sets/hybridCore.ts";
import { orionquant38 } from "./sets/orionquant38.ts";
import { scanner90 } from "./sets/scanner90.ts";

export * from "./context/index.ts";
export * from "./feature.ts";
export * from "./indicators/index.ts";
export * from "./scaling/index.ts";
export * from "./selection/index.ts";

/** All feature sets by the name that recipes use. */
export const featureParts = [
  orionquant38,
  hybridCore,
  marketContext,
  futures100,
  hybrid60,
  scanner90,
  crossSection,
] as const;
