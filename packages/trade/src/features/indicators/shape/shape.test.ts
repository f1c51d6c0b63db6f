import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findIndicator } from "../registry/indicatorParts.ts";
import type { InputColumns } from "../registry/inputColumns.ts";
import { expectPublished, tulipCases } from "../testing/publishedNumbers.ts";
import { CANDLE_PATTERNS } from "./candlePatterns.ts";

const tulip = tulipCases();

function compute(name: string, params: Record<string, unknown>, columns: InputColumns) {
  return findIndicator(name).create(params).compute(columns);
}

describe("candlePatterns", () => {
  const cases = readFileSync(new URL("candles.txt", import.meta.url), "utf8")
    .split(/^candle$/m)
    .slice(1);
  const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

  it.each(cases.map((text, i) => [i + 1, text] as const))("finds what Tulip's test %i tells", (_, text) => {
    const lines = text.trim().split("\n");
    const [open, high, low, close] = lines
      .filter((line) => line.startsWith("{"))
      .map((line) => Float64Array.from(line.slice(1, -1).split(","), Number)) as Float64Array[];
    const got = compute("candlePatterns", {}, { open: open!, high: high!, low: low!, close: close! });
    let listed = 0;
    for (const line of lines.filter((l) => /^!?[a-z]/.test(l))) {
      const [name, ...rows] = line.split(" ");
      const found = got[camel(name!.replace("!", ""))]!;
      expect(found.subarray(0, 10).every(Number.isNaN)).toBe(true);
      const there = [...found.keys()].filter((t) => found[t] === 1);
      if (name!.startsWith("!")) for (const row of rows) expect(there, line).not.toContain(Number(row));
      else expect(there, line).toEqual(expect.arrayContaining(rows.map(Number)));
      listed++;
    }
    expect(listed).toBeGreaterThan(1);
  });

  it("knows 26 patterns, each of which is found somewhere", () => {
    expect(CANDLE_PATTERNS).toHaveLength(26);
    const named = new Set(
      cases
        .join("\n")
        .match(/^[a-z_]+(?= \d)/gm)!
        .map(camel),
    );
    const seldom = CANDLE_PATTERNS.filter((name) => !named.has(name));
    expect(seldom).toEqual(["shootingStar"]);
  });

  it("shooting star, by hand: a small body above the body before, a long shadow above and none below", () => {
    // Bodies of 1 and ranges of 3 as in Tulip's tests, then open 6.2, close 6.3, low 6.2, high 7: upper shadow .7 > .6
    const many = (value: number) => new Array<number>(10).fill(value);
    const columns = {
      open: Float64Array.of(...many(5), 6.2),
      high: Float64Array.of(...many(7), 7),
      low: Float64Array.of(...many(4), 6.2),
      close: Float64Array.of(...many(6), 6.3),
    };
    expect(compute("candlePatterns", {}, columns).shootingStar![10]).toBe(1);
    const below = {
      ...columns,
      open: Float64Array.of(...many(5), 5.9),
      low: Float64Array.of(...many(4), 5.9),
    };
    expect(compute("candlePatterns", {}, below).shootingStar![10]).toBe(0);
  });
});

describe("Tulip's numbers", () => {
  it.each(["bop untest", "bop extra"])("%s is the body's share of the range", (of) => {
    const [open, high, low, close] = tulip[of]!.inputs.map(({ values }) => values) as Float64Array[];
    const got = compute("candle", {}, { open: open!, high: high!, low: low!, close: close! });
    expectPublished(got.body!, tulip[of]!.outputs[0]!);
  });

  it.each([
    ["qstick 4 atoz", 4],
    ["qstick 5 untest", 5],
  ] as const)("%s", (of, period) => {
    const [open, close] = tulip[of]!.inputs.map(({ values }) => values) as Float64Array[];
    const got = compute("qstick", { period }, { open: open!, close: close! });
    expectPublished(got.qstick!, tulip[of]!.outputs[0]!);
  });
});

describe("worked by hand", () => {
  it("candle: open 11, high 14, low 10, close 12: a body of 1/4, shadows of 2/4 and 1/4; nothing in a bar without range", () => {
    const columns = {
      open: Float64Array.of(11, 12, 9, 9),
      high: Float64Array.of(14, 14, 9, 8),
      low: Float64Array.of(10, 10, 9, 7),
      close: Float64Array.of(12, 11, 9, 6),
    };
    const got = compute("candle", {}, columns);
    // the last bar's open and close lie outside its range
    expect([...got.body!]).toEqual([0.25, -0.25, 0, -1]);
    expect([...got.upperShadow!]).toEqual([0.5, 0.5, 0, 0]);
    expect([...got.lowerShadow!]).toEqual([0.25, 0.25, 0, 0]);
  });

  it("gap: an open of 110 after a close of 100; none from a price that is not above 0", () => {
    const got = compute(
      "gap",
      {},
      { open: Float64Array.of(90, 110, 60, 5), close: Float64Array.of(100, 120, 0, 5) },
    );
    expect([...got.gap!]).toEqual([NaN, 0.1, -0.5, NaN]);
  });

  it("extremeDistance and drawdown over three bars", () => {
    const columns = {
      high: Float64Array.of(20, 16, 12, 11),
      low: Float64Array.of(10, 8, 4, 5),
      close: Float64Array.of(15, 12, 5, 10),
    };
    const distance = compute("extremeDistance", { period: 3 }, columns);
    expect([...distance.high!]).toEqual([NaN, NaN, 5 / 20 - 1, 10 / 16 - 1]);
    expect([...distance.low!]).toEqual([NaN, NaN, 5 / 4 - 1, 10 / 4 - 1]);
    const fall = compute("drawdown", { period: 3 }, columns);
    expect(fall.drawdown![2]).toBeCloseTo(-2 / 3, 15);
    expect(fall.drawdown![3]).toBeCloseTo(-1 / 6, 15);
    expect([...fall.underwater!]).toEqual([NaN, NaN, 2, 2]);
  });
});
