import type { StoredDataset } from "@orion/trade/wire";
import { expect, it } from "vitest";
import { arrangeSeries } from "./arrangeSeries.ts";

const series = (symbol: string, change: Partial<StoredDataset> = {}): StoredDataset => ({
  ...{ symbol, market: "stock", kind: "bars", timeframe: "1d", rows: 10, from: null, to: null },
  ...{ source: "yahoo", client: null, storedAt: "2024-01-01T00:00:00Z", bytes: 100, due: null },
  ...{ behindSeconds: null, behindBars: null },
  ...change,
});
const all = [
  series("MSFT", { rows: 5, behindSeconds: 60 }),
  series("AAPL", { timeframe: "1m", bytes: 900 }),
  series("BTCUSDT", { market: "futures", kind: "funding", timeframe: null, behindSeconds: 0 }),
  series("AAPL", { timeframe: "1h" }),
];
const names = (options: Partial<Parameters<typeof arrangeSeries>[1]>): string[] =>
  arrangeSeries(all, { find: "", sort: "symbol", down: false, ...options }).map(
    (s) => `${s.symbol} ${s.timeframe}`,
  );

it("sorts by a column, ties by symbol and length, what has no value last in both directions", () => {
  expect(names({})).toEqual(["AAPL 1m", "AAPL 1h", "BTCUSDT null", "MSFT 1d"]);
  expect(names({ sort: "timeframe" })).toEqual(["AAPL 1m", "AAPL 1h", "MSFT 1d", "BTCUSDT null"]);
  expect(names({ sort: "timeframe", down: true })[3]).toBe("BTCUSDT null");
  expect(names({ sort: "behind", down: true }).slice(0, 2)).toEqual(["MSFT 1d", "BTCUSDT null"]);
  expect(names({ sort: "bytes", down: true })[0]).toBe("AAPL 1m");
});

it("keeps what has every word", () => {
  expect(names({ find: "aapl" })).toHaveLength(2);
  expect(names({ find: "AAPL 1h" })).toEqual(["AAPL 1h"]);
  expect(names({ find: "futures funding" })).toEqual(["BTCUSDT null"]);
  expect(names({ find: "nothing" })).toEqual([]);
});
