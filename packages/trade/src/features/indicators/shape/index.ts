import type { Indicator } from "../registry/indicator.ts";
import { candleIndicator } from "./candle.ts";
import { candlePatternsIndicator } from "./candlePatterns.ts";
import { drawdownIndicator } from "./drawdown.ts";
import { extremeDistanceIndicator } from "./extremeDistance.ts";
import { gapIndicator } from "./gap.ts";
import { qstickIndicator } from "./qstick.ts";

export const shapeIndicators: readonly Indicator[] = [
  candleIndicator,
  gapIndicator,
  candlePatternsIndicator,
  extremeDistanceIndicator,
  drawdownIndicator,
  qstickIndicator,
];
