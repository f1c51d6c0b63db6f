import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError, UsageError } from "../core/errors.ts";
import { readFunding } from "./fundingStore.ts";
import { importCsv } from "./importCsv.ts";
import { listSeries } from "./listSeries.ts";
import { readBars } from "./readBars.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

let workspace: Workspace;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-import-"));
  workspace = await openWorkspace(join(folder, "workspace"), { now: () => 1_700_000_000_000 });
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const REAL = `ts,open,high,low,close,volume
1672531200000,16537.5,16538,16523,16529.2,844.251
1672531500000,16529.2,16533.6,16519,16521.5,321.527
`;
const STOCKS = `symbol,date,open,high,low,close,adjClose,volume
AAL,2015-01-12,51.06,51.45,49.2,49.58,47.1508,18261300
AAL,2015-01-13,50.12,51.43,49.46,50.4,47.9306,12259300
AAPL,2015-01-12,28.15,28.1575,27.2,27.3125,24.5,198603200
`;

describe("importCsv", () => {
  test("takes the symbol from the file's name and merges a second file", async () => {
    const first = fileOf("BTCUSDT_5m.csv.gz", gzipSync(REAL));
    const request = { market: "futures", timeframe: "5m" } as const;
    const { series, ignoredColumns } = await importCsv(workspace, { ...request, file: first });
    expect(series.map(({ rows, added }) => [rows, added])).toEqual([[2, 2]]);
    expect(series[0]!.stored).toMatchObject({ symbol: "BTCUSDT", rows: 2, source: "BTCUSDT_5m.csv.gz" });
    expect(ignoredColumns).toEqual([]);
    const more = `${REAL}1672531800000,16521.6,16530,16520,16526.9,200.5\n`;
    const second = await importCsv(workspace, {
      ...request,
      file: fileOf("more.csv", more),
      symbol: "BTCUSDT",
    });
    expect(second.series.map(({ rows, added }) => [rows, added])).toEqual([[3, 1]]);
    const bars = await readBars(workspace, { symbol: "BTCUSDT", timeframe: "5m" });
    expect(Array.from(bars.close)).toEqual([16529.2, 16521.5, 16526.9]);
  });

  test("a symbol column brings many, all or none of them", async () => {
    const request = { market: "stock", timeframe: "1d" } as const;
    const broken = fileOf("broken.csv", `${STOCKS}MSFT,2015-01-12,46,47,45,oops,40,1\n`);
    const failed = importCsv(workspace, { ...request, file: broken });
    await expect(failed).rejects.toThrow(DataError);
    await expect(failed).rejects.toThrow("broken.csv, line 5, column 'close': 'oops' is no finite number");
    expect(await listSeries(workspace)).toEqual([]);

    const { series, ignoredColumns } = await importCsv(workspace, {
      ...request,
      file: fileOf("s.csv", STOCKS),
    });
    expect(series.map((s) => [s.stored.symbol, s.rows])).toEqual([
      ["AAL", 2],
      ["AAPL", 1],
    ]);
    expect(ignoredColumns).toEqual(["adjClose"]);

    // AAL is new bars, AAPL differs from what is stored: neither may be taken
    const changed = `${STOCKS.replace("27.3125", "27.5")}AAL,2015-01-14,50,51,49,50,47,1\n`;
    const refused = importCsv(workspace, { ...request, file: fileOf("c.csv", changed) });
    await expect(refused).rejects.toThrow(
      /c\.csv: the bar closed 2015-01-13T00:00:00Z differs.*close 27.5, stored 27.3125/,
    );
    expect((await readBars(workspace, { symbol: "AAL", timeframe: "1d" })).length).toBe(2);
    const taken = await importCsv(workspace, { ...request, file: fileOf("c.csv", changed), replace: true });
    expect(taken.series.map((s) => [s.added, s.replaced])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test("funding and mark prices lie beside the bars", async () => {
    const rates = "ts,fundingRate\n1672531200000,0.0001\n1672560000008,0.0002\n";
    const funding = {
      file: fileOf("f.csv", rates),
      market: "futures",
      kind: "funding",
      symbol: "BTCUSDT",
    } as const;
    await importCsv(workspace, funding);
    const again = await importCsv(workspace, funding);
    expect(again.series.map((s) => [s.rows, s.added])).toEqual([[2, 0]]);
    const read = await readFunding(workspace, { symbol: "BTCUSDT" }, { from: 1672531200001 });
    expect([...read.time, ...read.rate]).toEqual([1672560000000, 0.0002]);
    const other = { ...funding, file: fileOf("g.csv", rates.replace("0.0002", "0.0003")) };
    await expect(importCsv(workspace, other)).rejects.toThrow(/funding of 2023-01-01T08:00:00Z differs/);

    const mark = "ts,open,high,low,close\n1672531200000,16537.6,16557.1,16493.6,16519.5\n";
    await importCsv(workspace, {
      file: fileOf("m.csv", mark),
      market: "futures",
      kind: "mark",
      symbol: "BTCUSDT",
      timeframe: "8h",
    });
    expect((await listSeries(workspace)).map((s) => [s.kind, s.timeframe, s.rows])).toEqual([
      ["funding", null, 2],
      ["mark", "8h", 1],
    ]);
    await expect(readFunding(workspace, { symbol: "ETHUSDT" })).rejects.toThrow(/no funding of ETHUSDT/);
  });

  test("what cannot be meant is said before anything is read", async () => {
    const file = fileOf("data.csv", REAL);
    await expect(importCsv(workspace, { file, market: "spot", symbol: "X" })).rejects.toThrow(UsageError);
    await expect(importCsv(workspace, { file, market: "spot", timeframe: "5m" })).rejects.toThrow(/--symbol/);
    const missing = { file: join(folder, "none.csv"), market: "spot", timeframe: "5m", symbol: "X" } as const;
    await expect(importCsv(workspace, missing)).rejects.toThrow(/none\.csv does not exist/);
    await expect(importCsv(workspace, { ...missing, file: folder })).rejects.toThrow(/cannot be read/);
    expect(existsSync(join(workspace.dir, "bars"))).toBe(false);
  });

  test("a file of any length and mixture of symbols needs the memory of some rows only, and gives the same bars", async () => {
    const symbols = ["AAA", "BBB", "CCC", "DDD", "EEE"];
    const day = (d: number): string => new Date(Date.UTC(2015, 0, 1 + d)).toISOString().slice(0, 10);
    const row = (s: number, d: number): string =>
      `${symbols[s]},${day(d)},${10 + s},${12 + s + d / 8},${9 + s},${11 + s},${1000 * s + d}`;
    const rows = symbols.flatMap((_, s) => Array.from({ length: 300 - 40 * s }, (_x, d) => ({ s, d })));
    const mixed = [...rows].sort((a, b) => a.d - b.d);
    for (const [name, order] of [
      ["grouped", rows],
      ["mixed", mixed],
    ] as const) {
      const text = `symbol,date,open,high,low,close,volume\n${order.map(({ s, d }) => row(s, d)).join("\n")}\n`;
      for (const spillRows of [1, 97, 400, 1e6]) {
        const apart = await openWorkspace(join(folder, `${name}-${spillRows}`));
        const file = fileOf("u.csv", text);
        const { series } = await importCsv(apart, { file, market: "stock", timeframe: "1d", spillRows });
        expect(series.map((s) => [s.stored.symbol, s.rows, s.added])).toEqual(
          symbols.map((symbol, s) => [symbol, 300 - 40 * s, 300 - 40 * s]),
        );
        const read = await readBars(apart, { symbol: "DDD", timeframe: "1d" });
        expect(Array.from(read.volume)).toEqual(Array.from({ length: 180 }, (_, d) => 3000 + d));
        expect(read.high[100]).toBe(12 + 3 + 100 / 8);
        expect(read.closeTime[179]).toBe(Date.UTC(2015, 0, 181));
        expect(readdirSync(apart.dir)).toEqual(["bars"]);
      }
    }
    // a fault in the last line, long after rows were put aside: nothing is stored, nothing is left
    const apart = await openWorkspace(join(folder, "broken"));
    const file = fileOf(
      "u.csv",
      `symbol,date,open,high,low,close,volume\n${rows.map(({ s, d }) => row(s, d)).join("\n")}\nAAA,${day(1)},1,1,1,1,1\n`,
    );
    const failed = importCsv(apart, { file, market: "stock", timeframe: "1d", spillRows: 50 });
    await expect(failed).rejects.toThrow(
      /u\.csv, line 1102, column 'date': '2015-01-02' is before the row above it/,
    );
    expect(readdirSync(apart.dir)).toEqual([]);
  });
});
