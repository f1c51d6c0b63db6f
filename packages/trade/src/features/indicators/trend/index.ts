import type { Indicator } from "../registry/indicator.ts";
import { smaIndicator } from "./sma.ts";

export const trendIndicators: readonly Indicator[] = [smaIndicator];
