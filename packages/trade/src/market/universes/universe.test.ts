import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../core/time.ts";
import { CONTEXT_INSTRUMENTS, GICS_SECTORS } from "./gicsSectors.ts";
import { parseUniverse } from "./parseUniverse.ts";
import { memberPeriod, membersAt, universeSymbols } from "./universe.ts";

const HEADER = "symbol,name,market,sector,listed,delisted,known\n";
const parse = (lines: string) => parseUniverse(HEADER + lines, "mine", "mine.csv");
const at = (text: string): number => Date.parse(text);
const names = (members: readonly { symbol: string }[]) => members.map((m) => m.symbol);

describe("membersAt", () => {
  it("has a symbol only while it was listed, and known to belong", () => {
    // TSLA: listed 2010-06-29, in the S&P 500 since 2020-12-21. LEH: last day of trade on the NYSE 2008-09-16.
    const universe = parse(
      "TSLA,Tesla,stock,Consumer Discretionary,2010-06-29,,2020-12-21\nLEH,Lehman Brothers,stock,Financials,,2008-09-17,1998-01-12\n",
    );
    expect(names(membersAt(universe, at("1998-01-11T23:59:59.999Z")))).toEqual([]);
    expect(names(membersAt(universe, at("1998-01-12")))).toEqual(["LEH"]);
    expect(names(membersAt(universe, at("2008-09-16T23:00:00Z")))).toEqual(["LEH"]);
    expect(names(membersAt(universe, at("2008-09-17")))).toEqual([]);
    expect(names(membersAt(universe, at("2020-12-20")))).toEqual([]);
    expect(names(membersAt(universe, at("2020-12-21")))).toEqual(["TSLA"]);
    expect(() => membersAt(universe, Number.NaN)).toThrow(/NaN is no time/);
  });

  it("takes a symbol that leaves and comes back, in one period a line, whatever their order", () => {
    const universe = parse(
      "AAA,,stock,,2005-01-01,,2004-01-01\nAAA,,stock,,1990-01-01,1999-06-01,1990-01-01\n",
    );
    expect(membersAt(universe, at("1999-06-01"))).toEqual([]);
    expect(membersAt(universe, at("2004-06-01"))).toEqual([]);
    expect(names(membersAt(universe, at("2005-01-01")))).toEqual(["AAA"]);
    expect(universeSymbols(universe)).toEqual(["AAA"]);
  });

  it("never knows later than the moment: what is written for the future changes nothing", () => {
    const day = fc
      .integer({ min: 0, max: 60 })
      .map((d) => new Date(at("2020-01-01") + d * DAY_MS).toISOString().slice(0, 10));
    const line = fc.record({ known: day, listed: fc.option(day), delisted: fc.option(day) });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), fc.nat(60), (lines, cut) => {
        const time = at("2020-01-01") + cut * DAY_MS;
        const sound = lines.filter(
          (m) => m.delisted === null || (m.delisted > m.known && m.delisted > (m.listed ?? "")),
        );
        fc.pre(sound.length > 0);
        const write = (all: typeof sound) =>
          all.map((m, i) => `S${i},,spot,,${m.listed ?? ""},${m.delisted ?? ""},${m.known}`).join("\n");
        const today = new Date(time).toISOString().slice(0, 10);
        // at `time` a later end is not yet written, and a later beginning may lie anywhere
        const asOf = sound.map((m) => ({
          ...m,
          delisted: m.delisted !== null && m.delisted > today ? null : m.delisted,
        }));
        const members = membersAt(parse(write(sound)), time);
        expect(names(members)).toEqual(names(membersAt(parse(write(asOf)), time)));
        for (const m of members) {
          expect(
            m.known <= today && (m.listed ?? "") <= today && (m.delisted === null || m.delisted > today),
          ).toBe(true);
          expect(memberPeriod(m).from).toBeLessThanOrEqual(time);
        }
      }),
    );
  });
});

describe("universeSymbols", () => {
  const universe = parse(
    "BTCUSDT,,spot,,2017-08-17,,2017-08-17\nAAPL,,stock,Information Technology,,,1982-11-30\nLEH,,stock,Financials,,2008-09-17,1998-01-12\n",
  );
  it("names the members of a market and a range", () => {
    expect(universeSymbols(universe)).toEqual(["AAPL", "BTCUSDT", "LEH"]);
    expect(universeSymbols(universe, { market: "stock" })).toEqual(["AAPL", "LEH"]);
    expect(universeSymbols(universe, { from: at("2008-09-17") })).toEqual(["AAPL", "BTCUSDT"]);
    expect(universeSymbols(universe, { to: at("1998-01-12") })).toEqual(["AAPL"]);
    expect(universeSymbols(universe, { market: "futures" })).toEqual([]);
  });
});

describe("parseUniverse", () => {
  it("reads remarks, quotes, CRLF, columns in any order and small symbols", () => {
    const text =
      '\uFEFF# mine\r\nKnown,Symbol,Market,Name\r\n\r\n2006-04-03, bxp ,stock,"BXP, Inc."\r\n2010-02-16,BRK.B,stock,\r\n';
    expect(parseUniverse(text, "m", "m.csv").members).toEqual([
      {
        symbol: "BRK.B",
        name: "",
        market: "stock",
        sector: null,
        listed: null,
        delisted: null,
        known: "2010-02-16",
      },
      {
        symbol: "BXP",
        name: "BXP, Inc.",
        market: "stock",
        sector: null,
        listed: null,
        delisted: null,
        known: "2006-04-03",
      },
    ]);
  });

  it.each([
    ["", /has no symbols/],
    ["AAPL,,stock,,,,2020-02-30", /line 2, column 'known': '2020-02-30' is no day/],
    ["AAPL,,stock,,1980,,2020-01-01", /column 'listed': '1980' is no day/],
    ["AAPL,,stock,,,,", /column 'known': '' is no day/],
    ["AAPL,,bond,,,,2020-01-01", /column 'market': 'bond' is not one of: spot, futures or stock/],
    ["AAPL,,stock,Tech,,,2020-01-01", /column 'sector': 'Tech' is not one of: a GICS sector/],
    ["A/B,,stock,,,,2020-01-01", /column 'symbol': 'A\/B' .*no symbol/],
    ["AAPL,,stock,,,2020-01-01,2020-01-01", /column 'delisted'.*never be in the universe/],
    ["AAPL,,stock,,2021-01-01,2020-06-01,2020-01-01", /column 'delisted'/],
    ["AAPL,,stock,,", /line 2: 5 fields where the header has 7/],
    ['AAPL,"x,stock,,,,2020-01-01', /a quote is not closed/],
    [
      "A,,stock,,,,2020-01-01\na,,stock,,,,2021-01-01",
      /line 3: A \(stock\) is in the universe twice at 2021-01-01/,
    ],
    ["A,,stock,,,2020-05-01,2020-01-01\nA,,stock,,,,2020-04-30", /line 3: A .*twice/],
  ])("refuses %j in one line with its place", (lines, message) => {
    expect(() => parse(lines)).toThrow(message);
  });

  it("refuses a file without a header, with foreign, doubled or missing columns", () => {
    expect(() => parseUniverse("# only words\n", "m", "m.csv")).toThrow(/m.csv is empty/);
    expect(() => parseUniverse("symbol,market,known,weight\n", "m", "m.csv")).toThrow(
      /column 'weight' is not known/,
    );
    expect(() => parseUniverse("symbol,market\n", "m", "m.csv")).toThrow(/column 'known' is missing/);
    expect(() => parseUniverse("symbol,market,known,Known\n", "m", "m.csv")).toThrow(
      /two columns are called 'known'/,
    );
  });

  it("reads the size of the scanner, 1,453 symbols", () => {
    const lines = Array.from(
      { length: 1453 },
      (_, i) => `S${i},Name ${i},stock,Energy,2001-02-03,,2001-02-03`,
    );
    expect(parse(lines.join("\n")).members).toHaveLength(1453);
  });
});

describe("GICS_SECTORS", () => {
  it("has eleven sectors, each with its fund, and fifteen context instruments", () => {
    expect(Object.keys(GICS_SECTORS)).toHaveLength(11);
    expect(new Set(CONTEXT_INSTRUMENTS).size).toBe(15);
  });
});
