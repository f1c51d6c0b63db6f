import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type ColumnsOptions, type CsvColumns, parseColumns } from "./parseColumns.ts";

const all = { high: ["high"], low: ["low"], close: ["close"] };

async function read(text: string | Buffer, options: Partial<ColumnsOptions> = {}): Promise<CsvColumns> {
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  };
  return parseColumns(bytes(), { file: "x.csv", wanted: { close: ["close"] }, reader: "rsi", ...options });
}

describe("parseColumns", () => {
  it("reads what is wanted, in any case and order, gzip or plain, and leaves the rest", async () => {
    const text = "note;CLOSE;Date;low\r\na;2;2024-01-02;1\r\nb;3.5;2024-01-03;2\r\n\r\n";
    for (const content of [text, gzipSync(text)]) {
      const { length, columns, stamp, closeTime } = await read(content);
      expect(length).toBe(2);
      expect(columns).toEqual({ close: Float64Array.of(2, 3.5) });
      expect([...stamp]).toEqual([Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 3)]);
      expect([...closeTime]).toEqual([Date.UTC(2024, 0, 3), Date.UTC(2024, 0, 4)]);
    }
  });

  it("takes times as bar ends, in a zone, and by an alias", async () => {
    const text = "datetime,funding_rate\n2024-07-01 09:30,0.1\n2024-07-01 09:35,0.2\n";
    const { stamp, closeTime, columns } = await read(text, {
      wanted: { funding: ["fundingRate", "funding_rate"] },
      timezone: "America/New_York",
      stamp: "end",
    });
    expect(stamp[0]).toBe(Date.UTC(2024, 6, 1, 13, 30));
    expect(closeTime[0]).toBe(stamp[0]);
    expect([...columns.funding!]).toEqual([0.1, 0.2]);
  });

  it("picks a symbol, and wants to be told which where there are several", async () => {
    const text = "date,symbol,close\n2024-01-02,A,1\n2024-01-02,B,2\n2024-01-03,A,3\n";
    expect([...(await read(text, { symbol: "A" })).columns.close!]).toEqual([1, 3]);
    await expect(read(text)).rejects.toThrow(/x\.csv, line 3: holds A and B.*--symbol/);
    await expect(read(text, { symbol: "C" })).rejects.toThrow(/no rows of C/);
    await expect(read("date,close\n2024-01-02,1\n", { symbol: "A" })).rejects.toThrow(/no symbol column/);
  });

  it.each<[string, string, RegExp, Partial<ColumnsOptions>]>([
    ["nothing", "", /x\.csv is empty/, {}],
    ["a header alone", "date,close\n", /no rows/, {}],
    [
      "a missing column",
      "date,open\n2024-01-02,1\n",
      /line 1: column 'close' is missing, which rsi reads/,
      {},
    ],
    ["no time", "close\n1\n", /no time column/, {}],
    ["a name twice", "date,close,Close\n2024-01-02,1,1\n", /two columns are called 'close'/, {}],
    ["text", "date,close\n2024-01-02,n/a\n", /line 2, column 'close': 'n\/a' is no finite number/, {}],
    ["an empty field", "date,close\n2024-01-02,\n", /line 2, column 'close'/, {}],
    ["infinity", "date,close\n2024-01-02,Infinity\n", /line 2, column 'close'/, {}],
    ["a short line", "date,close\n2024-01-02\n", /line 2: 1 fields where the header has 2/, {}],
    ["an open quote", 'date,close\n"2024-01-02,1\n', /line 2: a quote is not closed/, {}],
    ["a bad time", "date,close\nMonday,1\n", /line 2, column 'date'/, {}],
    ["a time twice", "date,close\n2024-01-02,1\n2024-01-02,1\n", /line 3.*twice/, {}],
    ["a time before", "date,close\n2024-01-02,1\n2024-01-01,1\n", /line 3.*before/, {}],
    ["a price of 0", "date,close\n2024-01-02,0\n", /line 2: a price is zero or negative/, {}],
    [
      "high below low",
      "date,high,low,close\n2024-01-02,1,3,2\n",
      /line 2: high 1 is below low 3/,
      { wanted: all },
    ],
    [
      "negative volume",
      "date,volume\n2024-01-02,-1\n",
      /line 2: volume -1/,
      { wanted: { volume: ["volume"] } },
    ],
    [
      "a time off the grid",
      "ts,close\n1700000000001,1\n",
      /line 2.*off the grid of 5m/,
      { timeframeMs: 300_000 },
    ],
  ])("refuses %s, naming the place", async (_, text, message, options) => {
    await expect(read(text, options)).rejects.toThrow(message);
  });
});
