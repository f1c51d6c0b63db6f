import { afterAll, beforeAll, expect, it } from "vitest";
import { HOUR_MS } from "../../core/time.ts";
import { findIndicator } from "../../features/index.ts";
import { openWorkspace, stageFunding } from "../../store/index.ts";
import { IndicatorResponse, IndicatorsResponse } from "../../wire/indicator.ts";
import { readChartBars } from "../chartBars.ts";
import { type TinyWorkspace, tinyWorkspace } from "../testing/tinyRecipe.ts";
import { describeIndicators } from "./describeIndicators.ts";
import { outputPlaces } from "./outputPlaces.ts";
import { storedIndicator } from "./storedIndicator.ts";

let home: TinyWorkspace;
beforeAll(async () => {
  home = await tinyWorkspace();
});
afterAll(() => home.dispose());

const whole = { symbol: "BTCUSDT", from: "2023-01-01", to: "2023-12-31" } as const;

it("is the indicator over the chart's own bars, nothing in the warm-up", async () => {
  const query = { ...whole, timeframe: "1h", name: "sma", params: "period=3" };
  const found = IndicatorResponse.parse(await storedIndicator(home, query));
  const bars = await readChartBars(home, {
    ...{ symbol: "BTCUSDT", timeframe: "1h", kind: "bars", side: "newest", limit: 5000 },
  });
  expect(found.time).toEqual(bars.time);
  expect(found).toMatchObject({ name: "sma", params: { period: 3 }, bars: bars.time.length });
  const { values } = found.outputs[0]!;
  expect(values.slice(0, 2)).toEqual([null, null]);
  for (const t of [2, 17, values.length - 1]) {
    const mean = (bars.close[t]! + bars.close[t - 1]! + bars.close[t - 2]!) / 3;
    expect(values[t]).toBeCloseTo(mean, 6);
  }
});

it("gives a row the same value whatever range is asked for", async () => {
  const query = { ...whole, timeframe: "5m", name: "rsi", params: "" };
  const all = await storedIndicator(home, query);
  const some = await storedIndicator(home, {
    ...query,
    from: "2023-03-10T00:00:00Z",
    to: "2023-03-10T01:00:00Z",
  });
  expect(some.time.map((t) => new Date(t).toISOString().slice(11, 16))[0]).toBe("00:00");
  expect(some.time).toHaveLength(13);
  const at = all.time.indexOf(some.time[0]!);
  expect(some.outputs[0]!.values).toEqual(all.outputs[0]!.values.slice(at, at + 13));
});

it("reads what is stored beside the bars as of each close", async () => {
  const other = await tinyWorkspace();
  try {
    const workspace = await openWorkspace(other.workspace);
    // settled every eight hours from midnight, each rate another
    const series = {
      instrument: "BTCUSDT",
      length: 6,
      time: Float64Array.from({ length: 6 }, (_, i) => Date.UTC(2023, 2, 9) + i * 8 * HOUR_MS),
      rate: Float64Array.from({ length: 6 }, (_, i) => (i + 1) / 10_000),
    };
    const key = { symbol: "BTCUSDT", market: "futures", source: "made up" } as const;
    await (await stageFunding(workspace, key, series)).staged!.commit();
    const range = { from: "2023-03-08T20:00:00Z", to: "2023-03-09T09:00:00Z" };
    const query = { ...whole, ...range, timeframe: "1h", name: "funding", params: "period=2" };
    const { outputs } = await storedIndicator(other, query);
    const rates = outputs.find((o) => o.name === "rate")!.values;
    // the hour from 23:00 closes at midnight and knows its settlement; that from 07:00 knows the one of 08:00
    expect(rates).toHaveLength(14);
    expect(rates.slice(0, 3)).toEqual([null, null, null]);
    expect(rates.slice(3)).toEqual([...Array(8).fill(0.0001), ...Array(3).fill(0.0002)]);
  } finally {
    await other.dispose();
  }
});

it.each([
  [{ name: "sma", params: "period=0" }, /sma: 'period' = 0 is not possible/],
  [{ name: "sma", params: "period=2.5" }, /whole number/],
  [{ name: "sma", params: "length=3" }, /no parameter 'length'/],
  [{ name: "smaa", params: "" }, /did you mean/],
  [{ name: "funding", params: "" }, /^funding: funding of BTCUSDT \(futures\) is not stored: .*import/],
  [{ name: "sma", params: "", symbol: "NOTHING" }, /no bars of NOTHING/],
  [{ name: "sma", params: "", timeframe: "7m" }, /7m cannot be made/],
])("%j is refused in one line", async (change, message) => {
  const refused = storedIndicator(home, { ...whole, timeframe: "5m", ...change });
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.not.toThrow(/\n/);
});

it("lists every indicator that bars can feed with its parameters", async () => {
  const told = IndicatorsResponse.parse(await describeIndicators());
  expect(told.unavailable).toEqual([]);
  expect(told.indicators.find((i) => i.name === "basis")!.beside).toEqual(["mark"]);
  const bollinger = told.indicators.find((i) => i.name === "bollinger")!;
  expect(bollinger.params).toMatchObject([
    { name: "period", kind: "count", preset: 20, least: 1 },
    { name: "deviations", kind: "number", preset: 2 },
  ]);
  const ema = told.indicators.find((i) => i.name === "ema")!;
  expect(ema.params[1]).toMatchObject({ name: "start", kind: "choice", choices: ["mean", "first"] });
});

it.each([
  ["ema", ["price"]],
  ["psar", ["price", "pane"]],
  ["bollinger", ["price", "price", "price", "pane", "pane"]],
  ["macd", ["pane", "pane", "pane"]],
  ["rsi", ["pane"]],
  ["atr", ["pane"]],
  ["obv", ["pane"]],
  ["funding", ["pane", "pane", "pane"]],
])(
  "the outputs of %s are drawn as %j: only those that move with the price's level lie on its scale",
  (name, places) => {
    expect(outputPlaces(findIndicator(name)).map((o) => o.place)).toEqual(places);
  },
);
