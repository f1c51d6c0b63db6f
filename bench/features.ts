import { availableParallelism, cpus } from "node:os";
import { seededRandom } from "@orion/trade/core";
import { findIndicator, type InputColumns, indicatorFamilies } from "@orion/trade/features";
import { ATR, BollingerBands, CCI, EMA, MFI, OBV, RSI, SMA, WilliamsR } from "trading-signals";

/**
 * Budget line "features: 100 columns x 1,000,000 bars": every indicator of the registry at its defaults over one seeded
 * random walk of one-minute bars, on one core. Each time is the least of three runs, made into time a column; the sum over
 * all columns is told for a hundred of them. Doubling the bars tells whether the cost is linear: `growth` is the time of
 * all bars over twice that of half of them (1 is linear).
 * `trading-signals` computes some of them in the same run, one value at a time as its interface asks; `ratio` is its time
 * over Orion's, where the last values agree to 1e-6.
 * Prints one JSON document.
 */
const BARS = 1_000_000;
const BUDGET_SECONDS = 1.5;
const RUNS = 3;

function walk(length: number): Required<InputColumns> {
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

function fastest(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}

const machine = `${cpus()[0]?.model ?? "unknown"}, 1 of ${availableParallelism()} cores`;
const whole = walk(BARS);
const half = Object.fromEntries(
  Object.entries(whole).map(([name, values]) => [name, values.subarray(0, BARS / 2)]),
) as Required<InputColumns>;

const lines: object[] = [];
let [seconds, halfSeconds, columns] = [0, 0, 0];
for (const [family, parts] of Object.entries(indicatorFamilies)) {
  process.stderr.write(`measuring the family ${family} …\n`);
  for (const part of parts) {
    const configured = part.create();
    const count = Object.keys(configured.outputs).length;
    const taken = fastest(() => configured.compute(whole));
    seconds += taken;
    halfSeconds += fastest(() => configured.compute(half));
    columns += count;
    lines.push({
      name: `features.${family}.${part.name}`,
      value: (taken / count) * 1000,
      unit: "ms a column and million bars",
      columns: count,
      machine,
    });
  }
}
const hundred = (seconds / columns) * 100;
lines.push({
  name: "features.hundredColumns",
  value: hundred,
  unit: "s a hundred columns and million bars",
  budget: BUDGET_SECONDS,
  ratio: hundred / BUDGET_SECONDS,
  columns,
  growth: seconds / (2 * halfSeconds),
  machine,
});

interface Streaming {
  add(value: never): unknown;
  getResult(): unknown;
}
const closes = (make: () => Streaming) => ({ make, at: (t: number): unknown => whole.close[t]! });
const candles = (make: () => Streaming) => ({
  make,
  at: (t: number): unknown => ({
    open: whole.open[t]!,
    high: whole.high[t]!,
    low: whole.low[t]!,
    close: whole.close[t]!,
    volume: whole.volume[t]!,
  }),
});
const others: Record<string, ReturnType<typeof closes>> = {
  sma: closes(() => new SMA(20)),
  ema: closes(() => new EMA(20)),
  rsi: closes(() => new RSI(14)),
  bollinger: closes(() => new BollingerBands(20, 2)),
  atr: candles(() => new ATR(14)),
  cci: candles(() => new CCI(20)),
  mfi: candles(() => new MFI(14)),
  obv: candles(() => new OBV(2)),
  williamsR: candles(() => new WilliamsR(14)),
};
process.stderr.write("measuring trading-signals beside them …\n");
for (const [name, { make, at }] of Object.entries(others)) {
  const part = findIndicator(name);
  const period = { sma: 20, ema: 20, rsi: 14, bollinger: 20, atr: 14, cci: 20, mfi: 14, williamsR: 14 }[name];
  const configured = part.create(period === undefined ? {} : { period });
  const own = fastest(() => configured.compute(whole));
  const start = performance.now();
  const streaming = make();
  for (let t = 0; t < BARS; t++) streaming.add(at(t) as never);
  const theirs = (performance.now() - start) / 1000;
  const [output] = Object.keys(configured.outputs);
  const ours = configured.compute(whole)[output!]![BARS - 1]!;
  const result = streaming.getResult();
  const same =
    typeof result === "number"
      ? Math.abs(result - ours) <= 1e-6 * Math.max(1, Math.abs(ours))
      : Object.values(result as Record<string, number>).some(
          (value) => Math.abs(value - ours) <= 1e-6 * Math.max(1, Math.abs(ours)),
        );
  lines.push({
    name: `features.tradingSignals.${name}`,
    value: theirs,
    unit: "s a million bars",
    orion: own,
    ratio: theirs / own,
    sameLastValue: same,
    machine,
  });
}
process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
