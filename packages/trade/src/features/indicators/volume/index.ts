import type { Indicator } from "../registry/indicator.ts";
import { adlIndicator } from "./adl.ts";
import { amihudIndicator } from "./amihud.ts";
import { chaikinOscillatorIndicator } from "./chaikinOscillator.ts";
import { cmfIndicator } from "./cmf.ts";
import { easeOfMovementIndicator } from "./easeOfMovement.ts";
import { forceIndicator } from "./force.ts";
import { kvoIndicator } from "./kvo.ts";
import { obvIndicator } from "./obv.ts";
import { rvolIndicator } from "./rvol.ts";
import { sessionVwapIndicator } from "./sessionVwap.ts";
import { nviIndicator, pviIndicator } from "./volumeIndex.ts";
import { pvoIndicator, volumeOscillatorIndicator } from "./volumeOscillator.ts";
import { volumeZScoreIndicator } from "./volumeZScore.ts";
import { vptIndicator } from "./vpt.ts";
import { vwapIndicator } from "./vwap.ts";
import { wadIndicator } from "./wad.ts";

export const volumeIndicators: readonly Indicator[] = [
  obvIndicator,
  sessionVwapIndicator,
  vwapIndicator,
  cmfIndicator,
  adlIndicator,
  chaikinOscillatorIndicator,
  forceIndicator,
  vptIndicator,
  easeOfMovementIndicator,
  nviIndicator,
  pviIndicator,
  kvoIndicator,
  rvolIndicator,
  volumeOscillatorIndicator,
  pvoIndicator,
  volumeZScoreIndicator,
  amihudIndicator,
  wadIndicator,
];
