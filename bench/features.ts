import { availableParallelism, cpus } from "node:os";
import { type InputColumns, indicatorFamilies } from "@orion/trade/features";
import { fastest } from "./measured/fastest.ts";
import { minuteBars } from "./measured/minuteBars.ts";
import { besideOther } from "./measured/otherIndicator.ts";
import { technicalIndicators } from "./measured/technicalIndicators.ts";
import { tradingSignals } from "./measured/tradingSignals.ts";

/**
 * Budget line "features: 100 columns x 1,000,000 bars": every indicator of the registry at its defaults over one seeded
 * random walk of one-minute bars, on one core. Each time is the least of three runs, made into time a column; the sum over
 * all columns is told for a hundred of them. Doubling the bars tells whether the cost is linear: `growth` is the time of
 * all bars over twice that of half of them (1 is linear).
 * Two other libraries compute some of them in the same run: `trading-signals` one value at a time as its interface asks,
 * `technicalindicators` whole columns; `ratio` is their time over Orion's and is there only where the last values agree to 1e-6.
 * Prints one JSON document.
 */
const BARS = 1_000_000;
const BUDGET_SECONDS = 1.5;
const RUNS = 3;

const machine = `${cpus()[0]?.model ?? "unknown"}, 1 of ${availableParallelism()} cores`;
const whole = minuteBars(BARS);
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
    const taken = fastest(() => configured.compute(whole), RUNS);
    seconds += taken;
    halfSeconds += fastest(() => configured.compute(half), RUNS);
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

for (const [library, others] of Object.entries({
  tradingSignals: tradingSignals(whole),
  technicalIndicators: technicalIndicators(whole),
})) {
  process.stderr.write(`measuring ${library} beside them …\n`);
  for (const [name, other] of Object.entries(others)) {
    lines.push({ name: `features.${library}.${name}`, ...besideOther(name, other, whole, RUNS), machine });
  }
}
process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
