import { type BarSeries, PRICE_COLUMNS } from "../bars.ts";
import type { Findings } from "./findings.ts";

/** What one bar alone tells: numbers that are none, impossible ranges, prices and volumes, no trade. */
export function checkValues(bars: BarSeries, barMs: number, findings: Findings): void {
  // a mark price has no volume at all: that is no fault of one bar
  const hasVolume = bars.volume.some((v) => !Number.isNaN(v));
  for (let i = 0; i < bars.length; i++) {
    const open = bars.open[i]!;
    const high = bars.high[i]!;
    const low = bars.low[i]!;
    const close = bars.close[i]!;
    const volume = bars.volume[i]!;
    const odd = ["closeTime" as const, ...PRICE_COLUMNS].find((n) => !Number.isFinite(bars[n][i]));
    if (odd) findings.addRow("nonFinite", bars, i, barMs, `${odd} is ${bars[odd][i]}`);
    else if (hasVolume && !Number.isFinite(volume)) {
      findings.addRow("nonFinite", bars, i, barMs, `volume is ${volume}`);
    }
    if (high < low) findings.addRow("highBelowLow", bars, i, barMs, `high ${high}, low ${low}`);
    else if (open > high || open < low) {
      findings.addRow("outsideRange", bars, i, barMs, `open ${open} outside [${low}, ${high}]`);
    } else if (close > high || close < low) {
      findings.addRow("outsideRange", bars, i, barMs, `close ${close} outside [${low}, ${high}]`);
    }
    if (open <= 0 || high <= 0 || low <= 0 || close <= 0) {
      findings.addRow("nonPositivePrice", bars, i, barMs);
    }
    if (volume < 0) findings.addRow("negativeVolume", bars, i, barMs);
    if (volume === 0) findings.addRow("zeroVolume", bars, i, barMs);
  }
}
