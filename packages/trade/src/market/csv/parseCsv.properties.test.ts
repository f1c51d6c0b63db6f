import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { DAY_MS, HOUR_MS, isoTime, MINUTE_MS } from "../../core/time.ts";
import type { BarSeries } from "../bars.ts";
import { type CsvContent, type CsvOptions, parseCsv } from "./parseCsv.ts";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function parse(
  content: string | Uint8Array,
  options: Partial<CsvOptions> = {},
  size = 11,
): Promise<CsvContent> {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  const bare = { file: "x.csv", kind: "bars" as const, timeframeMs: 5 * MINUTE_MS, symbol: "X" };
  return parseCsv(pieces(bytes, size), { ...bare, ...options });
}

/** What came out, or the told error; anything else that is thrown is a defect. */
async function outcome(work: Promise<CsvContent>): Promise<CsvContent | string> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof DataError || thrown instanceof UsageError) return thrown.message;
    throw thrown;
  }
}

/** Bars that came through must be bars: finite, ascending, on the grid, high above low, nothing below zero. */
function expectSound(bars: BarSeries, barMs: number): void {
  for (let i = 0; i < bars.length; i++) {
    expect((bars.closeTime[i]! - bars.closeTime[0]!) % barMs).toBe(0);
    if (i > 0) expect(bars.closeTime[i]!).toBeGreaterThan(bars.closeTime[i - 1]!);
    for (const name of ["open", "high", "low", "close"] as const) {
      expect(Number.isFinite(bars[name][i]) && bars[name][i]! > 0).toBe(true);
    }
    expect(bars.high[i]!).toBeGreaterThanOrEqual(bars.low[i]!);
    expect(Number.isFinite(bars.volume[i]) && bars.volume[i]! >= 0).toBe(true);
  }
}

const START = Date.UTC(2024, 0, 1);
const header = "ts,open,high,low,close,volume";

interface Row {
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

const price = fc.double({ min: 1e-8, max: 1e12, noNaN: true });
const rows = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 50 }),
      prices: fc.tuple(price, price, price, price),
      volume: fc.double({ min: 0, max: 1e15, noNaN: true }),
    }),
    {
      minLength: 1,
      maxLength: 20,
    },
  )
  .map((drawn) => {
    let time = START;
    return drawn.map(({ step, prices, volume }): Row => {
      time += step * 5 * MINUTE_MS;
      const [open, close, a, b] = prices;
      return {
        time,
        open,
        high: Math.max(open, close, a, b),
        low: Math.min(open, close, a, b),
        close,
        volume,
      };
    });
  });
const lineOf = (r: Row): string => [r.time, r.open, r.high, r.low, r.close, r.volume].join();
const COLUMNS = ["open", "high", "low", "close", "volume"] as const;

describe("what is written is what is read", () => {
  test("every number to the last bit, however the text is dressed up", async () => {
    const dress = fc.record({
      bom: fc.boolean(),
      crlf: fc.boolean(),
      quoted: fc.boolean(),
      gzip: fc.boolean(),
      spaces: fc.boolean(),
      lastLineEnd: fc.boolean(),
      delimiter: fc.constantFrom(",", ";", "\t"),
      size: fc.integer({ min: 1, max: 300 }),
    });
    await fc.assert(
      fc.asyncProperty(rows, dress, async (drawn, d) => {
        const field = (text: string): string => (d.quoted ? `"${text}"` : d.spaces ? ` ${text}` : text);
        const lines = [header, ...drawn.map(lineOf)].map((line) =>
          line.split(",").map(field).join(d.delimiter),
        );
        const end = d.crlf ? "\r\n" : "\n";
        const text = `${d.bom ? "\uFEFF" : ""}${lines.join(end)}${d.lastLineEnd ? end : ""}`;
        const { bars } = await parse(d.gzip ? gzipSync(text) : text, {}, d.size);
        expect(Array.from(bars[0]!.closeTime)).toEqual(drawn.map((r) => r.time + 5 * MINUTE_MS));
        for (const name of COLUMNS) expect(Array.from(bars[0]![name])).toEqual(drawn.map((r) => r[name]));
      }),
      { numRuns: 60 },
    );
  });

  test("constant prices and a single row are bars like others", async () => {
    const line = (i: number): string => `${START + i * 5 * MINUTE_MS},7,7,7,7,0`;
    for (const count of [1, 300]) {
      const { bars } = await parse([header, ...Array.from({ length: count }, (_, i) => line(i))].join("\n"));
      expect(bars[0]!.length).toBe(count);
      expectSound(bars[0]!, 5 * MINUTE_MS);
    }
  });
});

describe("what is broken is told with its place", () => {
  const noNumber = fc.constantFrom(
    ...["", " ", "NaN", "nan", "Infinity", "-Infinity", "inf", "1e999", "-1e999", "null", "None", "n/a", "-"],
    ...["0x10", "0b1", "1_000", "1.2.3", "12 34", "１２", "1,5".replace(",", "'"), "$5", "5%", "true", "--1"],
  );

  test("a field that is no number: file, line, column and text", async () => {
    const place = fc.record({ row: fc.nat(), column: fc.constantFrom(...COLUMNS), text: noNumber });
    await fc.assert(
      fc.asyncProperty(rows, place, async (drawn, { row, column, text }) => {
        const at = row % drawn.length;
        const lines = drawn.map(lineOf);
        const fields = lines[at]!.split(",");
        fields[1 + COLUMNS.indexOf(column)] = text;
        lines[at] = fields.join();
        const told = await outcome(parse([header, ...lines].join("\n")));
        expect(told).toBe(`x.csv, line ${at + 2}, column '${column}': '${text}' is no finite number`);
      }),
      { numRuns: 60 },
    );
  });

  test("numbers that cannot be a bar's: zero, negative, a range upside down", async () => {
    const bad = fc.constantFrom<Partial<Row>>(
      { low: 0 },
      { low: -1 },
      { open: -5 },
      { close: 0 },
      { volume: -1e-9 },
      { high: 1e-9 },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.nat(), bad, async (drawn, row, change) => {
        const at = row % drawn.length;
        const lines = drawn.map((r, i) => lineOf(i === at ? { ...r, ...change } : r));
        const told = await outcome(parse([header, ...lines].join("\n")));
        expect(told).toMatch(new RegExp(`^x\\.csv, line ${at + 2}: `));
      }),
      { numRuns: 60 },
    );
  });

  test("times that come twice or go back, in one series or in many: line, text, symbol", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.nat(), fc.nat(), fc.boolean(), async (drawn, a, b, hasSymbols) => {
        const from = a % drawn.length;
        const to = from + 1 + (b % (drawn.length - from));
        const lines = drawn.map(lineOf);
        // a copy of an earlier row comes later: twice when right behind it, else back in time
        lines.splice(to, 0, lines[from]!);
        const all = hasSymbols ? [`symbol,${header}`, ...lines.map((l) => `abc,${l}`)] : [header, ...lines];
        const told = await outcome(parse(all.join("\n"), hasSymbols ? { symbol: "ABC" } : {}));
        const what = to === from + 1 ? "is there twice" : "is before the row above it";
        const time = drawn[from]!.time;
        expect(told).toBe(
          `x.csv, line ${to + 2}, column 'ts': '${time}' ${what}${hasSymbols ? " (ABC)" : ""}`,
        );
      }),
      { numRuns: 60 },
    );
  });

  test("microseconds in a column of ms are told, not read as a far century", async () => {
    for (const time of [START * 1000, START * 1e6, -START * 1000]) {
      const told = await outcome(parse(`${header}\n${time},5,6,4,5,1`));
      expect(told).toMatch(
        /^x\.csv, line 2, column 'ts': '-?\d+' (lies past the year 5138|is no whole number of ms)/,
      );
    }
  });

  test("gzip cut short anywhere never gives bars", async () => {
    const whole = gzipSync(
      [header, ...Array.from({ length: 200 }, (_, i) => `${START + i * 300_000},5,6,4,5,${i}`)].join("\n"),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        expect(await outcome(parse(whole.subarray(0, length), {}, 64))).toMatch(/^x\.csv/);
      }),
      { numRuns: 80 },
    );
  });

  test("a gzip file with a byte changed gives the same bars or an error", async () => {
    const text = [
      header,
      ...Array.from({ length: 50 }, (_, i) => `${START + i * 300_000},5,6,4,5,${i}`),
    ].join("\n");
    const sound = await parse(text);
    const whole = gzipSync(text);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const changed = Uint8Array.from(whole);
          changed[at] = changed[at]! ^ by;
          const seen = await outcome(parse(changed, {}, 64));
          // the checksum at the end of gzip sees any change of the content
          if (typeof seen !== "string") expect(seen.bars).toEqual(sound.bars);
        },
      ),
      { numRuns: 120 },
    );
  });

  test("any bytes, any text: an error or sound bars, never a crash", async () => {
    const nearly = fc
      .array(
        fc.array(fc.oneof(fc.string({ maxLength: 8 }), fc.double().map(String), fc.constant(String(START))), {
          minLength: 5,
          maxLength: 7,
        }),
        {
          maxLength: 6,
        },
      )
      .map((lines) => [header, ...lines.map((l) => l.join())].join("\n"));
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ maxLength: 200, unit: "binary" }),
      nearly,
      fc.string({ maxLength: 60 }).map((t) => `${header}\n${t}`),
    );
    await fc.assert(
      fc.asyncProperty(
        content,
        fc.constantFrom("bars" as const, "mark" as const, "funding" as const),
        async (drawn, kind) => {
          const seen = await outcome(parse(drawn, { kind }));
          if (typeof seen === "string") expect(seen).toMatch(/^x\.csv/);
          else
            for (const bars of seen.bars)
              expectSound(kind === "mark" ? { ...bars, volume: bars.open } : bars, 5 * MINUTE_MS);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("clocks", () => {
  // the offsets of New York in the years 2015 to 2024: the second Sunday of March, the first of November, both at 02:00
  const sunday = (year: number, month: number, nth: number): number => {
    const first = Date.UTC(year, month, 1);
    return first + (((7 - new Date(first).getUTCDay()) % 7) + 7 * (nth - 1)) * DAY_MS;
  };
  const newYork = { timezone: "America/New_York", timeframeMs: 30 * MINUTE_MS };
  const at = (wall: number): string =>
    `datetime,open,high,low,close,volume\n${isoTime(wall).slice(0, 16).replace("T", " ")},1,2,1,1,1\n`;

  test("New York, each half hour of ten years: summer time or standard time, refused where there is none or are two", async () => {
    const wallTime = fc.oneof(
      fc.integer({ min: 0, max: 10 * 365 * 48 }).map((n) => Date.UTC(2015, 0, 1) + n * 30 * MINUTE_MS),
      // near the changes
      fc
        .tuple(fc.integer({ min: 2015, max: 2024 }), fc.boolean(), fc.integer({ min: -6, max: 12 }))
        .map(
          ([year, isSpring, n]) => (isSpring ? sunday(year, 2, 2) : sunday(year, 10, 1)) + n * 30 * MINUTE_MS,
        ),
    );
    await fc.assert(
      fc.asyncProperty(wallTime, async (wall) => {
        const year = new Date(wall).getUTCFullYear();
        const spring = sunday(year, 2, 2) + 2 * HOUR_MS;
        const autumn = sunday(year, 10, 1) + 2 * HOUR_MS;
        const seen = await outcome(parse(at(wall), newYork));
        if (wall >= spring && wall < spring + HOUR_MS) {
          expect(seen).toMatch(/line 2, column 'datetime': '.*' does not exist in America\/New_York/);
        } else if (wall >= autumn - HOUR_MS && wall < autumn) {
          expect(seen).toMatch(/line 2, column 'datetime': '.*' comes twice in America\/New_York/);
        } else {
          const hours = wall >= spring && wall < autumn ? 4 : 5;
          expect((seen as CsvContent).bars[0]!.closeTime[0]).toBe(wall + hours * HOUR_MS + 30 * MINUTE_MS);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("02:30 in Berlin on the days of the change; half-hour zones have no fold at all", async () => {
    const berlin = { ...newYork, timezone: "Europe/Berlin" };
    expect(await outcome(parse(at(Date.UTC(2024, 2, 31, 2, 30)), berlin))).toMatch(
      /does not exist in Europe\/Berlin/,
    );
    expect(await outcome(parse(at(Date.UTC(2024, 9, 27, 2, 30)), berlin))).toMatch(
      /comes twice in Europe\/Berlin/,
    );
    const kolkata = await parse(at(Date.UTC(2024, 2, 31, 2, 30)), { ...newYork, timezone: "Asia/Kolkata" });
    expect(kolkata.bars[0]!.closeTime[0]).toBe(Date.UTC(2024, 2, 30, 21, 30));
  });

  test("a wrong zone that moves hourly bars off the hour is refused, not shifted", async () => {
    const hourly = `datetime,open,high,low,close,volume\n2024-03-05 09:00,1,2,1,1,1\n`;
    const seen = await outcome(parse(hourly, { timezone: "Asia/Kolkata", timeframeMs: HOUR_MS }));
    expect(seen).toMatch(/line 2, column 'datetime': '2024-03-05 09:00' is off the grid of 1h bars/);
    expect(await outcome(parse(hourly, { timezone: "New York" }))).toMatch(
      /timezone 'New York' is not known/,
    );
  });
});

describe("funding and mark prices", () => {
  test("funding: a rate that is no number, a time twice, a time beside the hour", async () => {
    const funding = { kind: "funding" as const };
    const told = (text: string): Promise<CsvContent | string> =>
      outcome(parse(`ts,fundingRate\n${text}\n`, funding));
    expect(await told(`${START},NaN`)).toMatch(/line 2, column 'fundingRate': 'NaN' is no finite number/);
    expect(await told(`${START},1e999`)).toMatch(/line 2, column 'fundingRate'/);
    expect(await told(`${START},0.1\n${START + 3},0.1`)).toMatch(/line 3, column 'ts': '\d+' is there twice/);
    expect(await told(`${START + 30 * MINUTE_MS},0.1`)).toMatch(/not within a minute of a full hour/);
  });

  test("funding times moved onto the hour are counted, with the largest distance", async () => {
    const late = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(late, async (distances) => {
        const lines = distances.map((ms, i) => `${START + i * 8 * HOUR_MS + ms},0.0001`);
        const { funding, offHour } = await parse(["ts,fundingRate", ...lines].join("\n"), {
          kind: "funding",
        });
        expect(Array.from(funding[0]!.time)).toEqual(distances.map((_, i) => START + i * 8 * HOUR_MS));
        const moved = distances.filter((ms) => ms > 0);
        expect(offHour.map((o) => [o.symbol, o.count, o.largestMs])).toEqual(
          moved.length === 0 ? [] : [["X", moved.length, Math.max(...moved)]],
        );
      }),
      { numRuns: 40 },
    );
  });
});
