import type { Indicator } from "../registry/indicator.ts";
import { autocorrelationIndicator } from "./autocorrelation.ts";
import { deviationIndicator } from "./deviation.ts";
import { entropyIndicator } from "./entropy.ts";
import { fracDiffIndicator } from "./fracDiff.ts";
import { hurstIndicator } from "./hurst.ts";
import { kurtosisIndicator, skewIndicator } from "./skew.ts";
import { zScoreIndicator } from "./zScore.ts";

export const statisticsIndicators: readonly Indicator[] = [
  zScoreIndicator,
  deviationIndicator,
  skewIndicator,
  kurtosisIndicator,
  autocorrelationIndicator,
  hurstIndicator,
  entropyIndicator,
  fracDiffIndicator,
];
