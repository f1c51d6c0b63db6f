import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, UsageError } from "../core/errors.ts";
import { listIndicators, parseSettings, runIndicator } from "./runIndicator.ts";

let folder: string;
const header = "date,open,high,low,close,volume";
const days = Array.from({ length: 8 }, (_, i) => `2024-01-0${i + 1}`);
const closes = [25, 24.875, 24.781, 24.594, 24.5, 24.625, 25.219, 27.25];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-indicator-"));
  const rows = days.map((day, i) => `${day},${closes[i]},30,20,${closes[i]},10`);
  const text = `${[header, ...rows].join("\n")}\n`;
  await writeFile(join(folder, "bars.csv"), text);
  await writeFile(join(folder, "bars.csv.gz"), gzipSync(text));
  await writeFile(
    join(folder, "close.csv"),
    `date,close\n${days.map((d, i) => `${d},${closes[i]}`).join("\n")}\n`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (name: string): string => join(folder, name);

describe("runIndicator", () => {
  it.each(["bars.csv", "bars.csv.gz", "close.csv"])(
    "gives one value for each row of %s, null in the warm-up (Achelis, p. 207)",
    async (name) => {
      const run = await runIndicator({ name: "SMA", file: file(name), settings: "period=5" });
      expect(run.name).toBe("sma");
      expect(run.params).toEqual({ period: 5 });
      expect(run.time).toEqual(days.map((day) => `${day}T00:00:00Z`));
      expect(run.outputs.sma!.slice(0, 4)).toEqual([null, null, null, null]);
      const wanted = [24.75, 24.675, 24.7438, 25.2376];
      run.outputs.sma!.slice(4).forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[i]!, 4);
      });
      expect(JSON.parse(JSON.stringify(run))).toEqual(run);
    },
  );

  it.each<
    [string, { name: string; file?: string; settings?: string }, typeof UsageError | typeof DataError, RegExp]
  >([
    ["an unknown indicator", { name: "smaa" }, UsageError, /no indicator 'smaa'; did you mean sma/],
    [
      "an unknown parameter",
      { name: "sma", settings: "length=5" },
      UsageError,
      /no parameter 'length'; it has period/,
    ],
    ["a period of 0", { name: "sma", settings: "period=0" }, UsageError, /sma: 'period' = 0 is not possible/],
    ["a period that is no number", { name: "sma", settings: "period=x" }, UsageError, /'period' = x/],
    [
      "a period longer than the data",
      { name: "sma", settings: "period=9" },
      UsageError,
      /period=9.*row 9, and .*bars\.csv has 8/,
    ],
    [
      "a signal longer than the data",
      { name: "macd", settings: "fast=2,slow=3,signal=7" },
      UsageError,
      /'signal' has its first value in row 9/,
    ],
    [
      "fast above slow",
      { name: "macd", settings: "fast=30" },
      UsageError,
      /macd: 'fast' = 30.*shorter than slow/,
    ],
    [
      "a column that is not there",
      { name: "mfi", file: "close.csv" },
      DataError,
      /column 'high' is missing, which mfi reads/,
    ],
    ["no volume", { name: "vwma", file: "close.csv" }, DataError, /column 'volume' is missing/],
    ["a file that is not there", { name: "sma", file: "none.csv" }, DataError, /none\.csv does not exist/],
    ["a folder", { name: "sma", file: "." }, DataError, /is no file/],
  ])("refuses %s by name", async (_, request, kind, message) => {
    const run = runIndicator({ ...request, file: file(request.file ?? "bars.csv") });
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toBeInstanceOf(kind);
  });

  it("runs every indicator of the registry whose columns a file of bars has", async () => {
    const rows = Array.from({ length: 700 }, (_, i) => {
      const close = 100 + 10 * Math.sin(i / 9) + (i % 5);
      return `${1_704_067_200_000 + i * 300_000},${close},${close + 1 + (i % 2)},${close - 1},${close + 0.5},${10 + (i % 7)}`;
    });
    await writeFile(file("long.csv"), `ts,open,high,low,close,volume\n${rows.join("\n")}\n`);
    const known = ["time", "open", "high", "low", "close", "volume"];
    const docs = listIndicators().filter((doc) => doc.inputs.every((input) => known.includes(input)));
    expect(docs.length).toBeGreaterThan(40);
    for (const doc of docs) {
      const run = await runIndicator({ name: doc.name, file: file("long.csv") });
      expect(Object.keys(run.outputs), doc.name).toEqual(doc.outputs);
      for (const column of Object.values(run.outputs)) {
        expect(column, doc.name).toHaveLength(700);
        expect(
          column.some((value) => value !== null),
          doc.name,
        ).toBe(true);
      }
    }
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(runIndicator({ name: "sma", file: file("bars.csv"), signal: stop.signal })).rejects.toThrow(
      /abort/i,
    );
  });
});

describe("parseSettings", () => {
  it("reads numbers, words and truth values", () => {
    expect(parseSettings(" period=14, start=first,k=-0.5,on=true")).toEqual({
      period: 14,
      start: "first",
      k: -0.5,
      on: true,
    });
    expect(parseSettings("")).toEqual({});
  });

  it.each(["period", "period=", "=3", "period==3 4", "period=3,period=4"])("refuses '%s'", (text) => {
    expect(() => parseSettings(text)).toThrow(/--set/);
  });
});
