import type { Indicator } from "../registry/indicator.ts";
import { awesomeIndicator } from "./awesome.ts";
import { bopIndicator } from "./bop.ts";
import { cciIndicator } from "./cci.ts";
import { cmoIndicator } from "./cmo.ts";
import { connorsRsiIndicator } from "./connorsRsi.ts";
import { coppockIndicator } from "./coppock.ts";
import { elderRayIndicator } from "./elderRay.ts";
import { fisherIndicator } from "./fisher.ts";
import { foscIndicator } from "./fosc.ts";
import { kstIndicator } from "./kst.ts";
import { mfiIndicator } from "./mfi.ts";
import { momIndicator } from "./mom.ts";
import { ppoIndicator } from "./ppo.ts";
import { rocIndicator } from "./roc.ts";
import { rsiIndicator } from "./rsi.ts";
import { stochasticIndicator } from "./stochastic.ts";
import { stochRsiIndicator } from "./stochRsi.ts";
import { tsiIndicator } from "./tsi.ts";
import { ultimateIndicator } from "./ultimate.ts";
import { williamsRIndicator } from "./williamsR.ts";

export const momentumIndicators: readonly Indicator[] = [
  rsiIndicator,
  stochRsiIndicator,
  stochasticIndicator,
  williamsRIndicator,
  rocIndicator,
  momIndicator,
  cmoIndicator,
  cciIndicator,
  mfiIndicator,
  ultimateIndicator,
  tsiIndicator,
  ppoIndicator,
  fisherIndicator,
  awesomeIndicator,
  coppockIndicator,
  kstIndicator,
  connorsRsiIndicator,
  bopIndicator,
  foscIndicator,
  elderRayIndicator,
];
