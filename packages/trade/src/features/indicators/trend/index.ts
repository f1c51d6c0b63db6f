import type { Indicator } from "../registry/indicator.ts";
import { adxIndicator } from "./adx.ts";
import { alligatorIndicator } from "./alligator.ts";
import { aroonIndicator } from "./aroon.ts";
import { demaIndicator } from "./dema.ts";
import { dpoIndicator } from "./dpo.ts";
import { emaIndicator } from "./ema.ts";
import { hmaIndicator } from "./hma.ts";
import { ichimokuIndicator } from "./ichimoku.ts";
import { kamaIndicator } from "./kama.ts";
import { linregIndicator } from "./linreg.ts";
import { macdIndicator } from "./macd.ts";
import { psarIndicator } from "./psar.ts";
import { rmaIndicator } from "./rma.ts";
import { smaIndicator } from "./sma.ts";
import { supertrendIndicator } from "./supertrend.ts";
import { t3Indicator } from "./t3.ts";
import { temaIndicator } from "./tema.ts";
import { trimaIndicator } from "./trima.ts";
import { trixIndicator } from "./trix.ts";
import { vhfIndicator } from "./vhf.ts";
import { vortexIndicator } from "./vortex.ts";
import { vwmaIndicator } from "./vwma.ts";
import { wmaIndicator } from "./wma.ts";
import { zlemaIndicator } from "./zlema.ts";

export const trendIndicators: readonly Indicator[] = [
  smaIndicator,
  emaIndicator,
  demaIndicator,
  temaIndicator,
  wmaIndicator,
  hmaIndicator,
  kamaIndicator,
  t3Indicator,
  trimaIndicator,
  vwmaIndicator,
  zlemaIndicator,
  rmaIndicator,
  macdIndicator,
  trixIndicator,
  adxIndicator,
  aroonIndicator,
  ichimokuIndicator,
  psarIndicator,
  supertrendIndicator,
  vortexIndicator,
  linregIndicator,
  alligatorIndicator,
  vhfIndicator,
  dpoIndicator,
];
