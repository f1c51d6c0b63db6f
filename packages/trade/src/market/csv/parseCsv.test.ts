import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { type CsvContent, type CsvOptions, parseCsv } from "./parseCsv.ts";

/** In small pieces, so that lines and characters are cut at every place. */
async function* pieces(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function parse(text: string | Uint8Array, options: Partial<CsvOptions> = {}): Promise<CsvContent> {
  const bytes = typeof text === "string" ? Buffer.from(text, "utf8") : text;
  return parseCsv(pieces(bytes), {
    file: "x.csv",
    kind: "bars",
    timeframeMs: 5 * MINUTE_MS,
    symbol: "BTCUSDT",
    ...options,
  });
}

/** The first rows of the sample. */
const REAL = `ts,open,high,low,close,volume
1672531200000,16537.5,16538,16523,16529.2,844.251
1672531500000,16529.2,16533.6,16519,16521.5,321.527
`;

describe("parseCsv", () => {
  test("reads bars, closing a timeframe after their start", async () => {
    const { bars, rows, ignoredColumns } = await parse(REAL);
    expect({ rows, ignoredColumns }).toEqual({ rows: 2, ignoredColumns: [] });
    expect(bars).toEqual([
      {
        instrument: "BTCUSDT",
        length: 2,
        closeTime: Float64Array.of(1672531500000, 1672531800000),
        open: Float64Array.of(16537.5, 16529.2),
        high: Float64Array.of(16538, 16533.6),
        low: Float64Array.of(16523, 16519),
        close: Float64Array.of(16529.2, 16521.5),
        volume: Float64Array.of(844.251, 321.527),
      },
    ]);
  });

  test.each<[string, string | Uint8Array]>([
    ["gzip by its first bytes", gzipSync(REAL)],
    [
      "two gzip files one after another",
      Buffer.concat([gzipSync(REAL.slice(0, 40)), gzipSync(REAL.slice(40))]),
    ],
    ["a byte order mark and CRLF", `\uFEFF${REAL.replaceAll("\n", "\r\n")}`],
    ["no line end at the end, and blank lines", `\n${REAL.trim()}`.replace("volume\n", "volume\n\n")],
    ["capitals and quotes", REAL.replace("ts,open", '"TS","Open"').replace("16537.5", '"16537.5"')],
    ["semicolons", REAL.replaceAll(",", ";")],
    ["tabs", REAL.replaceAll(",", "\t")],
    ["seconds", REAL.replace("ts", "timestamp").replaceAll("00000,", "00,")],
    ["microseconds", REAL.replace("ts", "timestamp").replaceAll("00000,", "00000000,")],
    ["ms as timestamp", REAL.replace("ts", "timestamp")],
    [
      "ISO 8601 with a zone",
      REAL.replace("ts", "timestamp")
        .replace("1672531200000", "2023-01-01T01:00:00+01:00")
        .replace("1672531500000", "2023-01-01T00:05:00Z"),
    ],
    [
      "wall-clock time in UTC",
      REAL.replace("ts", "datetime")
        .replace("1672531200000", "2023-01-01 00:00")
        .replace("1672531500000", "2023-01-01 00:05:00"),
    ],
  ])("the same bars from %s", async (_, text) => {
    expect((await parse(text)).bars).toEqual((await parse(REAL)).bars);
  });

  test("days are midnight to midnight UTC, whatever the timezone", async () => {
    const text = "date,open,high,low,close,volume\n2015-01-12,51.06,51.45,49.2,49.58,18261300\n";
    const { bars } = await parse(text, { timeframeMs: DAY_MS, timezone: "America/New_York" });
    expect(bars[0]?.closeTime[0]).toBe(Date.UTC(2015, 0, 13));
  });

  test("New York wall-clock time follows the change of the clock", async () => {
    const row = "1,2,1,1,1";
    const text = `datetime,open,high,low,close,volume\n2023-03-10 09:00,${row}\n2023-03-13 09:00,${row}\n`;
    const { bars } = await parse(text, { timeframeMs: HOUR_MS, timezone: "America/New_York" });
    // standard time until 2023-03-12 (UTC-5), summer time after it (UTC-4)
    expect(Array.from(bars[0]!.closeTime)).toEqual([Date.UTC(2023, 2, 10, 15), Date.UTC(2023, 2, 13, 14)]);
  });

  test.each([
    ["2023-03-12 02:30", "does not exist"],
    ["2023-11-05 01:30", "comes twice"],
  ])("New York %s %s", async (time, fault) => {
    const text = `datetime,open,high,low,close,volume\n${time},1,2,1,1,1\n`;
    const failed = parse(text, { timeframeMs: 30 * MINUTE_MS, timezone: "America/New_York" });
    await expect(failed).rejects.toThrow(
      `x.csv, line 2, column 'datetime': '${time}' ${fault} in America/New_York`,
    );
  });

  test("times may be ends of bars", async () => {
    const { bars } = await parse(REAL, { stamp: "end" });
    expect(Array.from(bars[0]!.closeTime)).toEqual([1672531200000, 1672531500000]);
  });

  test("a symbol column gives many series, in any mixture of rows; other columns are named", async () => {
    const text = `symbol,date,open,high,low,close,adjClose,volume
MSFT,2015-01-12,10,12,9,11,10.5,100
aapl,2015-01-12,20,22,19,21,20.5,200
MSFT,2015-01-13,11,13,10,12,11.5,300
`;
    const { bars, ignoredColumns } = await parseCsv(pieces(Buffer.from(text)), {
      file: "x.csv",
      kind: "bars",
      timeframeMs: DAY_MS,
    });
    expect(bars.map((b) => [b.instrument, ...b.volume])).toEqual([
      ["AAPL", 200],
      ["MSFT", 100, 300],
    ]);
    expect(ignoredColumns).toEqual(["adjClose"]);
    const one = await parse(text, { symbol: "msft", timeframeMs: DAY_MS });
    expect(one.bars.map((b) => b.instrument)).toEqual(["MSFT"]);
    await expect(parse(text, { symbol: "IBM", timeframeMs: DAY_MS })).rejects.toThrow(
      "x.csv has no rows of IBM",
    );
  });

  test("funding is stamped some ms late and belongs to the hour", async () => {
    const text = "ts,fundingRate\n1672531200000,0.0001\n1672560000008,-7.354e-05\n";
    const { funding } = await parse(text, { kind: "funding" });
    expect(funding).toEqual([
      {
        instrument: "BTCUSDT",
        length: 2,
        time: Float64Array.of(1672531200000, 1672560000000),
        rate: Float64Array.of(0.0001, -7.354e-5),
      },
    ]);
    const late = parse("ts,fundingRate\n1672531320000,0.0001\n", { kind: "funding" });
    await expect(late).rejects.toThrow(
      "line 2, column 'ts': '1672531320000' is not within a minute of a full hour",
    );
  });

  test("mark prices have no volume: it is NaN, never 0", async () => {
    const text = "ts,open,high,low,close\n1672531200000,16537.6,16557.1,16493.62911039,16519.5\n";
    const { bars } = await parse(text, { kind: "mark", timeframeMs: 8 * HOUR_MS });
    expect(bars[0]?.low[0]).toBe(16493.62911039);
    expect(bars[0]?.volume[0]).toBeNaN();
    await expect(parse(text)).rejects.toThrow("x.csv, line 1: column 'volume' is missing");
  });

  test.each<[string, string | Uint8Array, string]>([
    ["an empty file", "", "x.csv is empty"],
    ["a header alone", "ts,open,high,low,close,volume\n", "x.csv has a header but no rows"],
    ["no time column", REAL.replace("ts", "when"), "x.csv, line 1: no time column"],
    ["a missing column", REAL.replace("low", "lo"), "x.csv, line 1: column 'low' is missing"],
    ["a column twice", REAL.replace("low", "high"), "x.csv, line 1: two columns are called 'high'"],
    ["text in a number", REAL.replace("16523", "n/a"), "line 2, column 'low': 'n/a' is no finite number"],
    ["an empty number", REAL.replace("16523", ""), "line 2, column 'low': '' is no finite number"],
    ["NaN", REAL.replace("16523", "NaN"), "line 2, column 'low': 'NaN' is no finite number"],
    [
      "Infinity",
      REAL.replace("844.251", "Infinity"),
      "line 2, column 'volume': 'Infinity' is no finite number",
    ],
    ["a number past all floats", REAL.replace("844.251", "1e999"), "'1e999' is no finite number"],
    ["another notation", REAL.replace("844.251", "0x10"), "column 'volume': '0x10' is no finite number"],
    ["a thousands comma", REAL.replace("844.251", "1,844.251"), "line 2: 7 fields where the header has 6"],
    ["an open quote", REAL.replace("844.251", '"844.251'), "line 2: a quote is not closed"],
    [
      "the same time twice",
      REAL.replace("1672531500000", "1672531200000"),
      "line 3, column 'ts': '1672531200000' is there twice",
    ],
    [
      "a time back",
      REAL.replace("1672531500000", "1672530900000"),
      "line 3, column 'ts': '1672530900000' is before the row above it",
    ],
    [
      "a time off the grid",
      REAL.replace("1672531500000", "1672531500001"),
      "line 3, column 'ts': '1672531500001' is off the grid of 5m bars",
    ],
    [
      "a time in text",
      REAL.replace("1672531500000", "yesterday"),
      "line 3, column 'ts': 'yesterday' is no whole number of ms",
    ],
    ["high below low", REAL.replace("16538,", "16500,"), "line 2: high 16500 is below low 16523"],
    ["a price of zero", REAL.replace("16523", "0"), "line 2: a price is zero or negative"],
    ["a volume below zero", REAL.replace("844.251", "-1"), "line 2: volume -1 is no amount"],
    ["gzip cut short", gzipSync(REAL.repeat(50)).subarray(0, 60), "x.csv: the gzip data ends too early"],
    ["gzip with a wrong byte", gzipSync(REAL).fill(255, 20, 30), "x.csv: the gzip data is broken"],
    ["bytes that are no text", Buffer.from([0x50, 0x41, 0xff, 0xfe, 0x00]), "x.csv: not UTF-8 text"],
  ])("%s is a data error with its place", async (_, text, message) => {
    const failed = parse(text);
    await expect(failed).rejects.toThrow(DataError);
    await expect(failed).rejects.toThrow(message);
  });

  test("a day that does not exist", async () => {
    const text = "date,open,high,low,close,volume\n2023-02-30,1,2,1,1,1\n";
    await expect(parse(text, { timeframeMs: DAY_MS })).rejects.toThrow(
      "column 'date': '2023-02-30' is not a time",
    );
  });

  test("options that do not fit the file are usage errors", async () => {
    const bare: CsvOptions = { file: "x.csv", kind: "bars", timeframeMs: DAY_MS };
    await expect(parseCsv(pieces(Buffer.from(REAL)), bare)).rejects.toThrow(UsageError);
    await expect(parse(REAL, { timezone: "Mars/Olympus" })).rejects.toThrow(
      /timezone 'Mars\/Olympus' is not known/,
    );
    await expect(parse(REAL, { symbol: "../x" })).rejects.toThrow(UsageError);
  });
});
