import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { factorsFromAdjusted } from "./factorsFromAdjusted.ts";
import { parseFactors } from "./parseFactors.ts";
import { factorsOn } from "./priceFactors.ts";

const at = (text: string): number => Date.parse(text);
async function* bytesOf(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof content === "string" ? Buffer.from(content) : content;
}
const parse = (content: string | Uint8Array) => parseFactors(bytesOf(content), "QQQ", "qqq.csv");

// First rows of QuantConnect Lean, factor_files/qqq.csv: the 2:1 split of 2000-03-20
const QQQ =
  "1999-03-10,0.8702664,0.5,1\n2000-03-17,0.8702664,0.5,221.73\n2003-12-23,0.8702664,1,35.96\n2050-12-31,1,1,0\n";

describe("parseFactors", () => {
  it("reads QuantConnect's layout with and without header, compact dates, gzip and CRLF", async () => {
    const wanted = {
      instrument: "QQQ",
      length: 4,
      day: Float64Array.of(...["1999-03-10", "2000-03-17", "2003-12-23", "2050-12-31"].map(at)),
      priceFactor: Float64Array.of(0.8702664, 0.8702664, 0.8702664, 1),
      splitFactor: Float64Array.of(0.5, 0.5, 1, 1),
    };
    const header = "date,priceFactor,splitFactor,referencePrice\n";
    expect(await parse(header + QQQ)).toEqual(wanted);
    expect(await parse(QQQ.replaceAll(/(\d{4})-(\d\d)-(\d\d)/g, "$1$2$3"))).toEqual(wanted);
    expect(await parse(gzipSync(header + QQQ.replaceAll("\n", "\r\n")))).toEqual(wanted);
    expect(await parse("SplitFactor,Date,PriceFactor\n0.5,2000-03-17,0.9\n")).toMatchObject({ length: 1 });
  });

  it("holds up to and with its date, and 1 after the last", async () => {
    const factors = await parse("2000-03-17,0.9,0.5\n");
    expect(factorsOn(factors, at("1990-01-01"))).toEqual({ price: 0.9, split: 0.5 });
    expect(factorsOn(factors, at("2000-03-17"))).toEqual({ price: 0.9, split: 0.5 });
    expect(factorsOn(factors, at("2000-03-18"))).toEqual({ price: 1, split: 1 });
  });

  it.each([
    ["", /holds no factors/],
    ["date,priceFactor,splitFactor\n", /holds no factors/],
    ["date,priceFactor\n2000-01-03,1\n", /line 1: column 'splitfactor' is missing/],
    ["2000-01-03,1,1\n2000-01-03,1,1\n", /line 2, column 'date': '2000-01-03' is there twice/],
    ["2000-01-03,1,1\n1999-01-04,1,1\n", /line 2.*is before the row above it/],
    ["2000-02-30,1,1\n", /line 1, column 'date': '2000-02-30' is no day/],
    ["2000-01-03,NaN,1\n", /column 'priceFactor': 'NaN' is no number above 0/],
    ["2000-01-03,1,0\n", /column 'splitFactor': '0' is no number above 0/],
    ["2000-01-03,1,-2\n", /column 'splitFactor': '-2'/],
    ["2000-01-03,Infinity,1\n", /'Infinity' is no number/],
    ["2000-01-03,1\n", /2 fields; date, priceFactor and splitFactor/],
    ['2000-01-03,"1,1\n', /a quote is not closed/],
  ])("refuses %j, naming line and column", async (text, message) => {
    await expect(parse(text)).rejects.toThrow(message);
  });
});

describe("factorsFromAdjusted", () => {
  const make = (rows: [string, number, number][], roundingHalf = 0.00005) =>
    factorsFromAdjusted({
      instrument: "X",
      day: Float64Array.from(rows, ([day]) => at(day)),
      close: Float64Array.from(rows, ([, close]) => close),
      adjClose: Float64Array.from(rows, ([, , adj]) => adj),
      roundingHalf,
    });

  it("finds a dividend of 1 % between rounded closes, and not the rounding", () => {
    // factor 0.99 until January 3; closes and adjusted closes rounded to four decimals
    const factors = make([
      ["2024-01-02", 10.3333, 10.23],
      ["2024-01-03", 10.0777, 9.9769],
      ["2024-01-04", 10.1111, 10.1111],
      ["2024-01-05", 10.2222, 10.2222],
    ]);
    expect([...factors.day]).toEqual([at("2024-01-03"), at("2024-01-05")]);
    expect(factors.priceFactor[0]).toBeCloseTo(0.99, 4);
    expect([...factors.splitFactor, factors.priceFactor[1]]).toEqual([1, 1, 1]);
  });

  it("gives one row without dividends, none without rows", () => {
    expect(make([["2024-01-02", 5, 5]])).toMatchObject({ length: 1, priceFactor: Float64Array.of(1) });
    expect(make([]).length).toBe(0);
  });

  it("refuses prices that are none, doubled and unordered days", () => {
    expect(() => make([["2024-01-02", Number.NaN, 5]])).toThrow(/X 2024-01-02: close NaN/);
    expect(() => make([["2024-01-02", 5, 0]])).toThrow(/adjClose 0 are no prices/);
    expect(() => make([["2024-01-02", Number.POSITIVE_INFINITY, 5]])).toThrow(/Infinity/);
    expect(() =>
      make([
        ["2024-01-02", 5, 5],
        ["2024-01-02", 5, 5],
      ]),
    ).toThrow(/2024-01-02 is no day after/);
    expect(() =>
      make([
        ["2024-01-03", 5, 5],
        ["2024-01-02", 5, 5],
      ]),
    ).toThrow(/2024-01-02 is no day after/);
    expect(() => make([["2024-01-02T05:00:00Z", 5, 5]])).toThrow(/no day/);
    expect(() => make([], -1)).toThrow(/rounding of -1/);
  });
});
