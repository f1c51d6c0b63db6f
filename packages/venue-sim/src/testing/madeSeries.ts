import { dice } from "../fault.ts";
import type { ServedMarket, ServedSeries } from "../served.ts";

/** Seeded bars with two decimals in price and three in volume, one after the other from `start` (ms UTC). */
export function madeSeries(
  market: ServedMarket,
  symbol: string,
  timeframe: string,
  start: number,
  count: number,
  stepMs: number,
  seed = 7,
): ServedSeries {
  const random = dice(seed);
  const column = (): Float64Array => new Float64Array(count);
  const series = {
    openTime: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  const cents = (value: number): number => Math.round(value * 100) / 100;
  let price = 100;
  for (let i = 0; i < count; i++) {
    const close = cents(Math.max(10, price + (random() - 0.5) * 2));
    series.openTime[i] = start + i * stepMs;
    series.open[i] = price;
    series.close[i] = close;
    series.high[i] = cents(Math.max(price, close) + random());
    series.low[i] = cents(Math.min(price, close) - random());
    series.volume[i] = Math.round(random() * 1e6) / 1000;
    price = close;
  }
  return { market, symbol, timeframe, ...series };
}
