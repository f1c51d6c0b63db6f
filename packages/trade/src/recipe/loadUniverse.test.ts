import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DAY_MS } from "../core/time.ts";
import { randomBars } from "../features/randomBars.ts";
import { GICS_SECTORS, universeSymbols } from "../market/index.ts";
import { openWorkspace, writeBars } from "../store/index.ts";
import { importFactorFiles } from "./importFactorFiles.ts";
import { describeUniverse, loadUniverse, UNIVERSES } from "./loadUniverse.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-universe-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the universes that come with Orion", () => {
  it("have 7 + 3, 50 + 10 and 300 + 50 symbols, each holding the smaller one", async () => {
    const sizes = { small: [7, 3], medium: [50, 10], large: [300, 50] };
    let smaller: string[] = [];
    for (const name of UNIVERSES) {
      const universe = await loadUniverse(name);
      const stocks = universeSymbols(universe, { market: "stock" });
      const crypto = universeSymbols(universe, { market: "spot" });
      expect([stocks.length, crypto.length]).toEqual(sizes[name]);
      expect([...stocks, ...crypto]).toEqual(expect.arrayContaining(smaller));
      smaller = [...stocks, ...crypto];
      for (const m of universe.members) expect(m.sector === null).toBe(m.market === "spot");
    }
    const large = await loadUniverse("large");
    expect(new Set(large.members.flatMap((m) => m.sector ?? [])).size).toBe(Object.keys(GICS_SECTORS).length);
  });

  it("know their dates: Alphabet joined the index on 2006-04-03, Monero left Binance on 2024-02-20", async () => {
    const has = async (symbol: string, at: string) =>
      (await describeUniverse(folder, "large", { at })).members.some((m) => m.symbol === symbol);
    expect(await has("GOOGL", "2006-04-02")).toBe(false);
    expect(await has("GOOGL", "2006-04-03")).toBe(true);
    expect(await has("XMRUSDT", "2024-02-19")).toBe(true);
    expect(await has("XMRUSDT", "2024-02-20")).toBe(false);
  });
});

describe("describeUniverse", () => {
  it("tells what is stored of each member, by market", async () => {
    const workspace = await openWorkspace(folder);
    const bars = randomBars(1, 30, { stepMs: DAY_MS });
    const start = Date.parse("2024-01-01");
    bars.closeTime.forEach((_, t) => {
      bars.closeTime[t] = start + (t + 1) * DAY_MS;
    });
    const key = { symbol: "AAPL", timeframe: "1d", source: "test" };
    await writeBars(workspace, { ...key, market: "stock" }, bars);
    // another market's bars of the same name are not this member's
    await writeBars(workspace, { ...key, symbol: "DIS", market: "spot" }, bars);
    const report = await describeUniverse(folder, "small");
    expect(report).toMatchObject({
      universe: "small",
      at: null,
      count: 10,
      storedCount: 1,
      byMarket: { stock: 7, spot: 3 },
    });
    const stored = {
      timeframe: "1d",
      kind: "bars",
      rows: 30,
      from: "2024-01-01T00:00:00Z",
      to: "2024-01-31T00:00:00Z",
    };
    expect(report.members.find((m) => m.symbol === "AAPL")?.stored).toEqual([stored]);
    expect(report.members.find((m) => m.symbol === "DIS")?.stored).toEqual([]);
  });

  it("takes a file of the user's, and refuses unknown names, missing and binary files in one line", async () => {
    const file = join(folder, "mine.csv");
    writeFileSync(file, "symbol,market,known\nXYZ,stock,2020-01-01\n");
    expect(await describeUniverse(folder, file, { at: "2019-12-31" })).toMatchObject({
      universe: "mine",
      count: 0,
    });
    expect((await describeUniverse(folder, file)).members[0]).toMatchObject({ symbol: "XYZ", until: null });
    await expect(loadUniverse("tiny")).rejects.toThrow(
      /universe 'tiny': give a name \(small, medium, large\)/,
    );
    await expect(loadUniverse(join(folder, "no.csv"))).rejects.toThrow(/no.csv cannot be read/);
    writeFileSync(file, Uint8Array.of(0xff, 0xfe, 0, 1));
    await expect(loadUniverse(file)).rejects.toThrow(/mine.csv cannot be read/);
    await expect(describeUniverse(folder, "small", { at: "soon" })).rejects.toThrow(
      /--at: 'soon' is not a time/,
    );
  });
});

describe("importFactorFiles", () => {
  it("answers in the shape of an import, and refuses what factors have no use for", async () => {
    const file = join(folder, "SPY_factors.csv");
    writeFileSync(file, "2021-03-18,0.9967360,1\n");
    const context = { workspace: join(folder, "ws"), now: () => 1 };
    expect(await importFactorFiles(context, [file], { market: "stock", kind: "factors" })).toEqual([
      {
        rows: 1,
        symbol: "SPY",
        market: "stock",
        kind: "factors",
        timeframe: null,
        from: "2021-03-18T00:00:00Z",
        to: "2021-03-18T00:00:00Z",
        source: "SPY_factors.csv",
        issues: [],
      },
    ]);
    const timed = { market: "stock", kind: "factors", timeframe: "1d" };
    await expect(importFactorFiles(context, [file], timed)).rejects.toThrow(
      /--timeframe: factors hold for whole days/,
    );
  });
});
