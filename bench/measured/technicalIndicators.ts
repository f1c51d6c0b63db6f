import type { InputColumns } from "@orion/trade/features";
import {
  ADL,
  ADX,
  ATR,
  BollingerBands,
  CCI,
  EMA,
  ForceIndex,
  MACD,
  MFI,
  OBV,
  ROC,
  RSI,
  SMA,
  Stochastic,
  TRIX,
  WilliamsR,
  WMA,
} from "technicalindicators";
import type { OtherIndicator } from "./otherIndicator.ts";

/**
 * Indicators of `technicalindicators`, fed whole columns as the plain arrays that it asks for, which are made before the clock starts.
 * It rounds RSI and MFI to two digits, so that these do not agree, and ADL to whole numbers.
 */
export function technicalIndicators(bars: Required<InputColumns>): Readonly<Record<string, OtherIndicator>> {
  const plain = (column: Float64Array): number[] => Array.from(column);
  const values = plain(bars.close);
  const [open, high, low, volume] = [bars.open, bars.high, bars.low, bars.volume].map(plain) as [
    number[],
    number[],
    number[],
    number[],
  ];
  const candles = { open, high, low, close: values, volume };
  const line = (of: () => readonly (number | undefined)[]): (() => readonly number[]) => {
    return () => of().slice(-1) as number[];
  };
  const lines = (of: () => readonly object[]): (() => readonly number[]) => {
    return () => Object.values(of().at(-1) ?? {}) as number[];
  };
  const [at20, at14] = [{ period: 20 }, { period: 14 }];
  const macd = { fastPeriod: 12, slowPeriod: 26, signalPeriod: 9 };
  return {
    sma: { settings: at20, last: line(() => SMA.calculate({ ...at20, values })) },
    ema: { settings: at20, last: line(() => EMA.calculate({ ...at20, values })) },
    wma: { settings: at20, last: line(() => WMA.calculate({ ...at20, values })) },
    rsi: { settings: at14, last: line(() => RSI.calculate({ ...at14, values })) },
    roc: { settings: { period: 12 }, last: line(() => ROC.calculate({ period: 12, values })) },
    trix: { settings: { period: 15 }, last: line(() => TRIX.calculate({ period: 15, values })) },
    macd: {
      settings: {},
      last: lines(() =>
        MACD.calculate({ ...macd, values, SimpleMAOscillator: false, SimpleMASignal: false }),
      ),
    },
    bollinger: {
      settings: at20,
      last: lines(() => BollingerBands.calculate({ ...at20, stdDev: 2, values })),
    },
    atr: { settings: at14, last: line(() => ATR.calculate({ ...candles, ...at14 })) },
    adx: { settings: at14, last: lines(() => ADX.calculate({ ...candles, ...at14 })) },
    cci: { settings: at20, last: line(() => CCI.calculate({ ...candles, ...at20 })) },
    williamsR: { settings: at14, last: line(() => WilliamsR.calculate({ ...candles, ...at14 })) },
    stochastic: {
      settings: { ...at14, slowing: 1, smoothD: 3 },
      last: lines(() => Stochastic.calculate({ ...candles, ...at14, signalPeriod: 3 })),
    },
    mfi: { settings: at14, last: line(() => MFI.calculate({ ...candles, ...at14 })) },
    obv: { settings: {}, last: line(() => OBV.calculate(candles)) },
    adl: { settings: {}, last: line(() => ADL.calculate(candles)) },
    force: { settings: { period: 13 }, last: line(() => ForceIndex.calculate({ ...candles, period: 13 })) },
  };
}
