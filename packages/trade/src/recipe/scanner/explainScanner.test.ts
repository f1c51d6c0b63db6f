import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { openWorkspace, readBars, writeBars } from "../../store/index.ts";
import { ScanExplanation } from "../../wire/scanExplanation.ts";
import { explainStored } from "../explainModel.ts";
import type { TinyWorkspace } from "../testing/tinyRecipe.ts";
import { explainCandidate } from "./explainCandidate.ts";
import type { ScannerRowsExplanation } from "./explainScanner.ts";
import type { ScannerSymbolExplanation } from "./explainScannerSymbol.ts";
import { loadScanner, scannerProfile } from "./loadScanner.ts";
import { scanSymbols } from "./openScanner.ts";
import { groupsOf } from "./scannerGroups.ts";
import type { ScannerManifest } from "./scannerManifest.ts";
import { tinyScanner } from "./testing/tinyScanner.ts";
import { trainScanner } from "./trainScanner.ts";

let tiny: TinyWorkspace;
let manifest: ScannerManifest;
const context = () => ({ workspace: tiny.workspace, now: tiny.now });

beforeAll(async () => {
  tiny = await tinyScanner({
    stack: {
      bases: {
        boosted: { kind: "xgboost", rounds: 8, maxDepth: 3, learningRate: 0.2 },
        leafwise: { kind: "lightgbm", rounds: 8, leaves: 5, minLeafRows: 10, learningRate: 0.2 },
        line: { kind: "logistic", lambda: 0.01 },
      },
    },
  });
  const recipe = scannerProfile(await loadScanner(tiny.recipe), "full");
  manifest = await trainScanner(context(), recipe, { profile: "full" });
});
afterAll(() => tiny.dispose());

describe("explanation of a symbol", () => {
  it("adds up to each base's raw score, by column and by group, and is of the row that a scan judges", async () => {
    const scan = await scanSymbols(context(), { model: manifest.id });
    const judged = [...scan.signals, ...scan.rejected];
    expect(judged.length).toBeGreaterThan(0);
    const { symbol, probabilities, decision } = judged[0]!;
    const found = (await explainStored(context(), {
      model: manifest.id,
      symbol,
    })) as ScannerSymbolExplanation;
    expect(found.as_of).toBe(scan.as_of);
    expect(found.decision).toBe(decision);
    expect(found.probabilities.BUY).toBeCloseTo(probabilities.BUY, 6);
    expect(found.members.map(({ name }) => name)).toEqual(["boosted", "leafwise"]);
    expect(found.unexplained).toEqual(["line"]);
    for (const { base, sum, score, gap, additive } of found.members) {
      expect(additive).toBe(true);
      expect(gap).toBeLessThanOrEqual(1e-6);
      expect(base + sum).toBeCloseTo(score, 5);
    }
    const mean = found.members.reduce((total, { score }) => total + score, 0) / 2;
    expect(found.value).toBeCloseTo(mean, 5);
    const groups = found.byGroup.reduce((total, { contribution }) => total + contribution, found.baseline);
    expect(groups).toBeCloseTo(found.value, 9);
    const columns = found.byColumn.reduce((total, { contribution }) => total + contribution, found.baseline);
    expect(columns + found.rest.contribution).toBeCloseTo(found.value, 9);
    expect(found.byGroup.reduce((total, group) => total + group.columns, 0)).toBe(
      manifest.stack.names.length,
    );
  });

  it("is of the past when a moment is given, and of another class when one is", async () => {
    const [symbol] = manifest.data.symbols.map((one) => one.symbol);
    const at = new Date(manifest.ranges.test.from).toISOString();
    const ask = (output: "BUY" | "SELL") =>
      explainStored(context(), {
        model: manifest.id,
        symbol,
        at,
        output,
      }) as Promise<ScannerSymbolExplanation>;
    const [buy, sell] = [await ask("BUY"), await ask("SELL")];
    expect(Date.parse(buy.as_of)).toBeLessThanOrEqual(manifest.ranges.test.from);
    expect(sell.probabilities).toEqual(buy.probabilities);
    expect(sell.value).not.toBe(buy.value);
  });
});

describe("explanation of a candidate, as the page asks for it", () => {
  it("of the close that was scanned has the scan's probabilities, adds up, and tells how far it is", async () => {
    const scan = await scanSymbols(context(), { model: manifest.id });
    const { symbol, probabilities } = scan.rejected[0]!;
    const stages: string[] = [];
    const found = await explainCandidate(
      context(),
      { model: manifest.id, symbol, at: scan.as_of },
      ({ stage }) => stages.push(stage),
    );
    // the page takes the wire's shape and nothing else
    expect(ScanExplanation.parse(found)).toEqual(found);
    expect(found.as_of).toBe(scan.as_of);
    for (const name of ["BUY", "HOLD", "SELL"] as const)
      expect(found.probabilities[name]).toBeCloseTo(probabilities[name], 6);
    expect([found.explained, found.unexplained]).toEqual([["boosted", "leafwise"], ["line"]]);
    const parts = [...found.mattered, found.rest].reduce((sum, { contribution }) => sum + contribution, 0);
    expect(found.baseline + parts).toBeCloseTo(found.value, 9);
    expect(found.groups.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(parts, 9);
    expect(stages[0]).toBe("opening the model");
    expect(stages).toContain("timeframe networks");
    expect(stages.at(-1)).toBe("Shapley values of leafwise");
  });

  it.each([
    ["NONE", DataError, /NONE .* is not stored/],
    ["LOW.M", DataError, /LOW\.M is no candidate as of/],
    ["SPY", UsageError, /SPY is no candidate of model/],
  ] as const)("refuses %s in one line", async (symbol, kind, message) => {
    const at = new Date(manifest.ranges.test.to).toISOString();
    const failure = await explainCandidate(context(), { model: manifest.id, symbol, at }).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure).toBeInstanceOf(kind);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).not.toContain("\n");
  });

  it("of a model without boosted trees is refused, with what to do", async () => {
    const plain = await tinyScanner();
    try {
      const asked = { workspace: plain.workspace, now: plain.now };
      const recipe = scannerProfile(await loadScanner(plain.recipe), "full");
      const { id, data } = await trainScanner(asked, recipe, { profile: "full" });
      const symbol = data.symbols[0]!.symbol;
      await expect(explainCandidate(asked, { model: id, symbol, at: "2020-01-01" })).rejects.toThrow(
        /none of its base models is xgboost or lightgbm.*add one to the recipe's stack/,
      );
    } finally {
      await plain.dispose();
    }
  });

  it("stops when it is asked to", async () => {
    const stop = new AbortController();
    const { symbol } = manifest.data.symbols[0]!;
    const running = explainCandidate(
      { ...context(), signal: stop.signal },
      { model: manifest.id, symbol, at: new Date(manifest.ranges.test.to).toISOString() },
      ({ stage }) => {
        if (stage === "timeframe networks") stop.abort();
      },
    );
    await expect(running).rejects.toThrow(/abort/i);
  });
});

describe("explanation over the test rows", () => {
  it("makes the rows of the training anew and measures all groups and twenty columns", async () => {
    const column = "scanScore";
    const found = (await explainStored(context(), {
      model: manifest.id,
      global: true,
      column,
    })) as ScannerRowsExplanation;
    expect(found.rows).toBe(manifest.rows.test);
    expect(found.loss).toBeCloseTo(found.trainedLoss, 6);
    const { byGroup, byColumn } = found.importance!;
    expect(byGroup.map(({ name }) => name).sort()).toEqual(["features", "momentum", "risk", "timeframes"]);
    expect(byColumn).toHaveLength(20);
    for (const { low, drop, high } of [...byGroup, ...byColumn]) {
      expect(low).toBeLessThanOrEqual(drop);
      expect(high).toBeGreaterThanOrEqual(drop);
    }
    const { dependence } = found;
    expect(dependence!.column).toBe(column);
    expect(dependence!.output).toBe("BUY");
    for (const [i, mean] of dependence!.mean.entries()) {
      expect(mean).toBeGreaterThan(0);
      expect(mean).toBeLessThan(1);
      expect(dependence!.quantiles[0]!.values[i]!).toBeLessThanOrEqual(
        dependence!.quantiles.at(-1)!.values[i]!,
      );
    }
  });

  it.each([
    [{ symbol: "NONE" }, /NONE .* is not stored/],
    [{ symbol: "LOW.M" }, /LOW\.M is no candidate/],
    [{ symbol: "SPY" }, /SPY is no candidate of model/],
    [{ column: "moon" }, /column 'moon' is none/],
    [{ symbol: "LOW.M", global: true }, /--symbol explains one row/],
    [{ at: "2019-01-01" }, /--at is the moment of a symbol/],
    [{ head: "risk" }, /has no heads/],
    [{ output: "return" }, /output 'return'/],
  ] as const)("refuses %j in one line", async (change, message) => {
    const failure = await explainStored(context(), { model: manifest.id, ...change }).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure instanceof UsageError || failure instanceof DataError).toBe(true);
    expect((failure as Error).message).toMatch(message);
  });

  it("refuses when the stored bars are no longer those of the training", async () => {
    const workspace = await openWorkspace(tiny.workspace);
    const key = { symbol: manifest.data.symbols[0]!.symbol, market: "stock", timeframe: "1d" } as const;
    const bars = await readBars(workspace, key);
    const volume = bars.volume.slice();
    volume[100]! += 1;
    await writeBars(workspace, { ...key, source: "made up" }, { ...bars, volume });
    await expect(explainStored(context(), { model: manifest.id, global: true })).rejects.toThrow(
      /bars are others than those it was trained on/,
    );
    await writeBars(workspace, { ...key, source: "made up" }, bars);
  });
});

it("puts every column into the group that it comes from", () => {
  expect(
    groupsOf(
      ["rsi14", "scanRsi", "edge1d", "expected1h", "riskBeta", "edge4h"],
      [{ timeframe: "1h" }, { timeframe: "1d" }],
    ),
  ).toEqual(["features", "momentum", "timeframes", "timeframes", "risk", "features"]);
});
