import type { Indicator } from "../registry/indicator.ts";
import { rsiIndicator } from "./rsi.ts";

export const momentumIndicators: readonly Indicator[] = [rsiIndicator];
