import type { InputColumns } from "@orion/trade/features";
import { ATR, BollingerBands, CCI, EMA, MFI, OBV, RSI, SMA, WilliamsR } from "trading-signals";
import type { OtherIndicator } from "./otherIndicator.ts";

interface Streaming {
  add(value: never): unknown;
  getResult(): unknown;
}

/** Indicators of `trading-signals`, fed one bar at a time as its interface asks. */
export function tradingSignals(bars: Required<InputColumns>): Readonly<Record<string, OtherIndicator>> {
  const run = (made: Streaming, at: (t: number) => unknown): readonly number[] => {
    for (let t = 0; t < bars.close.length; t++) made.add(at(t) as never);
    const result = made.getResult();
    return typeof result === "number" ? [result] : Object.values(result as Record<string, number>);
  };
  const price = (t: number): number => bars.close[t]!;
  const candle = (t: number) => ({
    open: bars.open[t]!,
    high: bars.high[t]!,
    low: bars.low[t]!,
    close: bars.close[t]!,
    volume: bars.volume[t]!,
  });
  return {
    sma: { settings: { period: 20 }, last: () => run(new SMA(20), price) },
    ema: { settings: { period: 20 }, last: () => run(new EMA(20), price) },
    rsi: { settings: { period: 14 }, last: () => run(new RSI(14), price) },
    bollinger: { settings: { period: 20 }, last: () => run(new BollingerBands(20, 2), price) },
    atr: { settings: { period: 14 }, last: () => run(new ATR(14), candle) },
    cci: { settings: { period: 20 }, last: () => run(new CCI(20), candle) },
    mfi: { settings: { period: 14 }, last: () => run(new MFI(14), candle) },
    obv: { settings: {}, last: () => run(new OBV(2), candle) },
    williamsR: { settings: { period: 14 }, last: () => run(new WilliamsR(14), candle) },
  };
}
