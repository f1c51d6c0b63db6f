import { seededRandom } from "@orion/trade/core";
import type { InputColumns } from "@orion/trade/features";

/** One-minute bars of a seeded random walk with every column that an indicator can read; the same length gives the same bars. */
export function minuteBars(length: number): Required<InputColumns> {
  const random = seededRandom(11);
  const column = () => new Float64Array(length);
  const bars = {
    time: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    funding: column(),
    openInterest: column(),
    mark: column(),
    benchmark: column(),
  };
  let [price, index, interest] = [100, 4000, 50_000];
  for (let t = 0; t < length; t++) {
    bars.time[t] = Date.UTC(2020, 0, 1) + 60_000 * (t + 1);
    bars.open[t] = price;
    price *= 1 + 0.002 * (random.next() - 0.5);
    index *= 1 + 0.001 * (random.next() - 0.5);
    interest *= 1 + 0.001 * (random.next() - 0.5);
    bars.close[t] = price;
    bars.high[t] = Math.max(bars.open[t]!, price) * (1 + 0.001 * random.next());
    bars.low[t] = Math.min(bars.open[t]!, price) * (1 - 0.001 * random.next());
    bars.volume[t] = 1 + 100 * random.next();
    bars.funding[t] = 1e-4 * (random.next() - 0.3);
    bars.openInterest[t] = interest;
    bars.mark[t] = price * (1 + 1e-4 * (random.next() - 0.5));
    bars.benchmark[t] = index;
  }
  return bars;
}
