import type { Indicator } from "../registry/indicator.ts";
import { basisIndicator } from "./basis.ts";
import { fundingIndicator } from "./funding.ts";
import { openInterestIndicator } from "./openInterest.ts";

export const futuresIndicators: readonly Indicator[] = [
  fundingIndicator,
  basisIndicator,
  openInterestIndicator,
];
