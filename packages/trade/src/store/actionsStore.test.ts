import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findFactors, importFactors, readFactors } from "./actionsStore.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-actions-")), { now: () => 7 });
});
afterEach(async () => {
  await rm(workspace.dir, { recursive: true, force: true });
});

const write = (name: string, text: string): string => {
  const path = join(workspace.dir, name);
  writeFileSync(path, text);
  return path;
};
const stock = { market: "stock" } as const;
const stored = (): string => readFileSync(join(workspace.dir, "actions", "stock", "SPY.json"), "utf8");

// QuantConnect Lean, factor_files/spy.csv: the last rows
const SPY =
  "date,priceFactor,splitFactor,referencePrice\n2020-12-17,0.9925053,1,372.24\n2021-03-18,0.9967360,1,391.48\n2050-12-31,1,1,0\n";
/** A newer edition: another dividend of 1 %, so that all earlier factors are 0.99 times as large. */
const NEWER = "2020-12-17,0.982580247,1\n2021-03-18,0.98676864,1\n2021-06-17,0.99,1\n2050-12-31,1,1\n";

describe("importFactors", () => {
  it("keeps factors beside the bars, under the symbol that the file's name or --symbol says", async () => {
    const [one] = await importFactors(workspace, { file: write("SPY_factors.csv", SPY), ...stock });
    expect(one).toMatchObject({ symbol: "SPY", market: "stock", rows: 3, source: "SPY_factors.csv" });
    const factors = await readFactors(workspace, { symbol: "spy" });
    expect([...factors.priceFactor]).toEqual([0.9925053, 0.996736, 1]);
    expect(factors.day[0]).toBe(Date.parse("2020-12-17"));
    await importFactors(workspace, { file: write("x.csv", SPY), symbol: "VOO", ...stock });
    expect((await readFactors(workspace, { symbol: "VOO", ...stock })).instrument).toBe("VOO");
  });

  it("takes a newer edition of one history, refuses another history unless told to replace", async () => {
    await importFactors(workspace, { file: write("SPY.csv", SPY), ...stock });
    await importFactors(workspace, { file: write("SPY.csv", NEWER), ...stock });
    expect((await readFactors(workspace, { symbol: "SPY" })).length).toBe(4);
    const kept = stored();
    const other = write("SPY_other.csv", NEWER.replace("0.98676864", "0.97"));
    await expect(importFactors(workspace, { file: other, ...stock })).rejects.toThrow(
      /factors of SPY tell another history.*nothing was written; say --replace/,
    );
    // an older edition lacks an event: it is another history as well
    await expect(importFactors(workspace, { file: write("SPY_old.csv", SPY), ...stock })).rejects.toThrow(
      /another/,
    );
    expect(stored()).toBe(kept);
    await importFactors(workspace, { file: other, replace: true, ...stock });
    expect((await readFactors(workspace, { symbol: "SPY" })).priceFactor[1]).toBe(0.97);
  });

  it("derives factors of every symbol from adjClose, all of a file or none", async () => {
    const header = "symbol,date,open,close,adjClose,volume\n";
    // X pays 1 %, Y nothing
    const rows =
      "X,2024-01-02,1,50.0000,49.5000,1\nY,2024-01-02,1,20.0000,20.0000,1\nX,2024-01-03,1,51.0000,51.0000,1\n";
    const file = write("panel.csv", header + rows);
    const made = await importFactors(workspace, { file, ...stock });
    expect(made.map((m) => [m.symbol, m.rows])).toEqual([
      ["X", 2],
      ["Y", 1],
    ]);
    const x = await readFactors(workspace, { symbol: "X" });
    expect(x.priceFactor[0]).toBeCloseTo(0.99, 5);
    expect(x.day[0]).toBe(Date.parse("2024-01-02"));
    const bad = write("bad.csv", `${header}Z,2024-01-02,1,50,50,1\nX,2024-01-02,1,50,0,1\n`);
    await expect(importFactors(workspace, { file: bad, ...stock })).rejects.toThrow(
      /line 3, column 'adjClose': '0' is no price/,
    );
    expect(await findFactors(workspace, { symbol: "Z" })).toBeUndefined();
    const only = await importFactors(workspace, { file, symbol: "y", ...stock });
    expect(only.map((m) => m.symbol)).toEqual(["Y"]);
  });

  it.each([
    [
      "panel.csv",
      "symbol,date,close,adjClose\nX,2024-01-02,NaN,5\n",
      /line 2, column 'close': 'NaN' is no price/,
    ],
    ["panel.csv", "symbol,date,close,adjClose\nX,02.01.2024,5,5\n", /column 'date': '02.01.2024' is no day/],
    [
      "panel.csv",
      "symbol,date,close,adjClose\nX,2024-01-02,5,5\nX,2024-01-02,5,5\n",
      /2024-01-02 is no day after/,
    ],
    [
      "panel.csv",
      "symbol,date,close,adjClose\nX,2024-01-03,5,5\nX,2024-01-02,5,5\n",
      /2024-01-02 is no day after/,
    ],
    ["panel.csv", "symbol,date,close,adjClose\nX/Y,2024-01-02,5,5\n", /column 'symbol': 'X\/Y' is no symbol/],
    ["panel.csv", "symbol,date,close,adjClose\nX,2024-01-02,5\n", /line 2: 3 fields where the header has 4/],
    ["panel.csv", "date,close,adjClose\n2024-01-02,5,5\n", /no symbol column: say which symbol/],
    ["panel.csv", "symbol,date,adjClose\nX,2024-01-02,5\n", /column 'close' is missing/],
    ["panel.csv", "symbol,date,close,adjClose\n", /has no rows/],
    ["_.csv", SPY, /does not say whose factors it holds/],
    ["SPY.csv", "", /holds no factors/],
  ])("refuses %s with %j in one line", async (name, text, message) => {
    await expect(importFactors(workspace, { file: write(name, text), ...stock })).rejects.toThrow(message);
  });

  it("says when there is no file, no factors, or a damaged file", async () => {
    await expect(importFactors(workspace, { file: "none.csv", ...stock })).rejects.toThrow(
      /none.csv does not exist/,
    );
    await expect(readFactors(workspace, { symbol: "SPY", ...stock })).rejects.toThrow(
      /no factors of SPY \(stock\).*--kind factors/,
    );
    await importFactors(workspace, { file: write("SPY.csv", SPY), ...stock });
    const path = join(workspace.dir, "actions", "stock", "SPY.json");
    const whole = stored();
    for (const broken of [whole.slice(0, 40), "{}", whole.replace("0.9925053", "0.9925054")]) {
      writeFileSync(path, broken);
      await expect(readFactors(workspace, { symbol: "SPY" })).rejects.toThrow(
        /is damaged: import the factors again/,
      );
    }
  });
});
