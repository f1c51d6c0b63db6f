import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orion } from "../testing/commandLine.ts";

let folder: string;
const file = (name: string): string => join(folder, name);
const rows = Array.from(
  { length: 40 },
  (_, i) => `${1_700_000_100_000 + i * 300_000},100,102,99,${100 + (i % 7)}`,
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-indicator-"));
  await writeFile(file("bars.csv.gz"), gzipSync(`ts,open,high,low,close\n${rows.join("\n")}\n`));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("orion indicator", () => {
  it("prints one document with as many rows as the file", async () => {
    const ended = await orion([
      ...["indicator", "macd", "--in", file("bars.csv.gz")],
      ...["--set", "fast=3,slow=6", "--set", "signal=4", "--json"],
    ]);
    expect(ended, ended.stderr.join()).toMatchObject({ code: 0, stderr: [] });
    const document = JSON.parse(ended.stdout);
    expect(Object.keys(document)).toEqual(["name", "params", "time", "outputs"]);
    expect(document).toMatchObject({ name: "macd", params: { fast: 3, slow: 6, signal: 4, start: "mean" } });
    expect(document.time).toHaveLength(40);
    expect(document.time[0]).toBe("2023-11-14T22:15:00Z");
    expect(Object.keys(document.outputs)).toEqual(["macd", "signal", "histogram"]);
    expect(document.outputs.macd.indexOf(null)).toBe(0);
    expect(document.outputs.macd.lastIndexOf(null)).toBe(4);
    expect(document.outputs.signal.lastIndexOf(null)).toBe(7);
    expect(document.outputs.histogram).toHaveLength(40);
  });

  it("shows people the last rows, and lists every indicator", async () => {
    const shown = await orion(["indicator", "rsi", "--in", file("bars.csv.gz")]);
    expect(shown.stdout).toMatch(/rsi period=14[\s\S]*last 10 of 40 rows/);
    const listed = await orion(["indicator", "--list", "--json"]);
    const docs: { name: string; formula: string }[] = JSON.parse(listed.stdout);
    expect(docs.length).toBeGreaterThan(40);
    expect(docs.every((doc) => doc.formula.length > 0)).toBe(true);
  });

  it.each<[string, string[], number, RegExp]>([
    ["an unknown indicator", ["rsii"], 2, /no indicator 'rsii'; did you mean rsi/],
    ["a period longer than the data", ["rsi", "--set", "period=40"], 2, /period=40.*has 40/],
    ["a file without volume", ["vwma"], 3, /column 'volume' is missing/],
    ["a stamp that is none", ["rsi", "--stamp", "middle"], 2, /--stamp/],
  ])("refuses %s", async (_, args, code, message) => {
    const ended = await orion(["indicator", ...args, "--in", file("bars.csv.gz"), "--json"]);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toHaveLength(1);
    expect(ended.stderr[0]).toMatch(message);
    expect(JSON.parse(ended.stdout)).toMatchObject({ code });
  });

  it.each([
    [["indicator"], /which indicator/],
    [["indicator", "rsi"], /--in FILE/],
  ])("refuses %s", async (args, message) => {
    const ended = await orion([...args, "--json"]);
    expect(ended.code).toBe(2);
    expect(ended.stderr.at(-1)).toMatch(message);
  });
});
