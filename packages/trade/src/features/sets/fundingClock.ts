import { HOUR_MS } from "../../core/time.ts";
import { each, type SetColumn } from "./indicatorColumns.ts";

/** Perpetual futures of the large exchanges settle funding at 00:00, 08:00 and 16:00 UTC. */
const SETTLEMENT_MS = 8 * HOUR_MS;

const turn = (name: string, wave: (angle: number) => number): SetColumn => ({
  name: `funding${name}`,
  formula: `${name.toLowerCase()} of 2 pi x, x the share of the eight hours from 00, 08 or 16 UTC that has gone by at the bar's close`,
  source: "Binance, Introduction to Binance Futures Funding Rates: settlement every eight hours",
  lookback: 0,
  of: ({ bars }) =>
    each(bars, (t) => wave((2 * Math.PI * (bars.closeTime[t]! % SETTLEMENT_MS)) / SETTLEMENT_MS)),
});

/** The time to the next settlement of funding on the circle, known beforehand from the clock alone. */
export const fundingClock: readonly SetColumn[] = [turn("Sin", Math.sin), turn("Cos", Math.cos)];
