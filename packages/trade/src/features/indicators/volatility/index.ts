import type { Indicator } from "../registry/indicator.ts";
import { atrIndicator } from "./atr.ts";
import { bollingerIndicator } from "./bollinger.ts";
import { chaikinVolatilityIndicator } from "./chaikinVolatility.ts";
import { choppinessIndicator } from "./choppiness.ts";
import { donchianIndicator } from "./donchian.ts";
import { garmanKlassIndicator } from "./garmanKlass.ts";
import { keltnerIndicator } from "./keltner.ts";
import { massIndexIndicator } from "./massIndex.ts";
import { natrIndicator } from "./natr.ts";
import { parkinsonIndicator } from "./parkinson.ts";
import { realisedIndicator } from "./realised.ts";
import { rogersSatchellIndicator } from "./rogersSatchell.ts";
import { trueRangeIndicator } from "./trueRange.ts";
import { ulcerIndicator } from "./ulcer.ts";
import { yangZhangIndicator } from "./yangZhang.ts";

export const volatilityIndicators: readonly Indicator[] = [
  trueRangeIndicator,
  atrIndicator,
  natrIndicator,
  bollingerIndicator,
  keltnerIndicator,
  donchianIndicator,
  parkinsonIndicator,
  garmanKlassIndicator,
  rogersSatchellIndicator,
  yangZhangIndicator,
  realisedIndicator,
  ulcerIndicator,
  choppinessIndicator,
  chaikinVolatilityIndicator,
  massIndexIndicator,
];
