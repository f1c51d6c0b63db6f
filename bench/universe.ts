/**
 * Many symbols: 2,000 x 10 years of daily bars imported from one CSV (budget 60 s), read whole and as a panel slice by
 * slice, with the memory that it takes; the features of 1,453 of them on all cores (budget 5 s); and what an append to a long series writes. Prints one JSON document. The bars
 * are the sample's own moves, put together by a seeded block bootstrap.
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { DAY_MS, MINUTE_MS, type Random, seededRandom } from "@orion/trade/core";
import { allocateBars, type BarSeries, sliceBars } from "@orion/trade/market";
import {
  importCsv,
  mergeBars,
  openWorkspace,
  panelSlices,
  readBarFile,
  readManyBars,
  samplePath,
  writeBars,
} from "@orion/trade/store";
import { stockFeatures } from "./measured/stockFeatures.ts";

const SYMBOLS = 2000;
const DAYS = 2520;
const ROWS = SYMBOLS * DAYS;
const IMPORT_BUDGET_S = 60;
const SLICE_BARS = 504;
const OVERLAP_BARS = 60;
/** moves that stay together, so that quiet and wild times do */
const BLOCK = 20;
/** the scanner's universe */
const STOCKS = 1453;
const START = Date.UTC(2014, 0, 1);
/** open, high, low, close, volume */
const NUMBERS = 5;
const DATES = Array.from({ length: DAYS }, (_, d) => new Date(START + d * DAY_MS).toISOString().slice(0, 10));

/** The file of one symbol after another, as vendors send it: moves of the sample, ten times as large, in blocks. */
async function writeUniverse(path: string, sample: BarSeries): Promise<void> {
  const random = seededRandom(8);
  const out = createWriteStream(path);
  out.write("symbol,date,open,high,low,close,volume\n");
  for (let s = 0; s < SYMBOLS; s++) {
    const text = symbolLines(symbolName(s), sample, random);
    if (!out.write(text)) await once(out, "drain");
  }
  out.end();
  await finished(out);
}

function symbolName(s: number): string {
  return `S${String(s).padStart(4, "0")}`;
}

function symbolLines(symbol: string, sample: BarSeries, random: Random): string {
  const lines: string[] = [];
  let price = 10 + random.below(300);
  let at = 0;
  for (let d = 0; d < DAYS; d++) {
    if (d % BLOCK === 0) at = 1 + random.below(sample.length - BLOCK);
    const row = at + (d % BLOCK);
    const moved = (value: number): string =>
      Math.max(0.01, price * (1 + 10 * (value / sample.open[row]! - 1))).toFixed(2);
    const [open, close] = [moved(sample.open[row]!), moved(sample.close[row]!)];
    const volume = Math.round(sample.volume[row]! * 1000);
    lines.push(
      `${symbol},${DATES[d]},${open},${moved(sample.high[row]!)},${moved(sample.low[row]!)},${close},${volume}`,
    );
    price = Number(close);
    // a price that went astray is split or put together, as companies do
    if (price < 2 || price > 2000) price = 50;
  }
  return `${lines.join("\n")}\n`;
}

/** Runs `work` and samples the process's memory meanwhile: all that is resident, and the columns in it. */
async function measured<T>(
  work: () => Promise<T>,
): Promise<{ value: T; seconds: number; peakBytes: number; peakColumnBytes: number }> {
  let peakBytes = 0;
  let peakColumnBytes = 0;
  const sample = (): void => {
    const { rss, arrayBuffers } = process.memoryUsage();
    peakBytes = Math.max(peakBytes, rss);
    peakColumnBytes = Math.max(peakColumnBytes, arrayBuffers);
  };
  sample();
  const sampling = setInterval(sample, 20);
  const before = performance.now();
  try {
    const value = await work();
    return { value, seconds: (performance.now() - before) / 1000, peakBytes, peakColumnBytes };
  } finally {
    clearInterval(sampling);
  }
}

/** Minutes of five years, and a day more: what an append writes of what is there. */
async function appendShare(folder: string, sample: BarSeries): Promise<{ share: number; seconds: number }> {
  const workspace = await openWorkspace(join(folder, "long"));
  const key = { symbol: "LONG", timeframe: "1m", market: "futures", source: "bench" } as const;
  const day = DAY_MS / MINUTE_MS;
  const bars = allocateBars("LONG", 5 * 365 * day + day);
  for (let i = 0; i < bars.length; i++) {
    const from = i % sample.length;
    bars.closeTime[i] = START + (i + 1) * MINUTE_MS;
    for (const name of ["open", "high", "low", "close", "volume"] as const)
      bars[name][i] = sample[name][from]!;
  }
  const { path } = await writeBars(workspace, key, sliceBars(bars, 0, bars.length - day));
  const files = async () =>
    Promise.all((await readdir(path)).map(async (name) => ({ name, file: await stat(join(path, name)) })));
  const before = await files();
  const { seconds } = await measured(() =>
    mergeBars(workspace, key, sliceBars(bars, bars.length - day, bars.length)),
  );
  const bytes = (some: typeof before): number => some.reduce((sum, { file }) => sum + file.size, 0);
  const known = new Set(before.map(({ file }) => file.ino));
  return {
    share: bytes((await files()).filter(({ file }) => !known.has(file.ino))) / bytes(before),
    seconds,
  };
}

const folder = await mkdtemp(join(tmpdir(), "orion-bench-universe-"));
try {
  const { bars: sample } = await readBarFile(samplePath(), "bars");
  const csv = join(folder, "universe.csv");
  await writeUniverse(csv, sample);
  const csvBytes = (await stat(csv)).size;
  const workspace = await openWorkspace(join(folder, "workspace"));

  const imported = await measured(() =>
    importCsv(workspace, { file: csv, market: "stock", timeframe: "1d" }),
  );
  const added = imported.value.series.reduce((sum, s) => sum + s.added, 0);
  if (added !== ROWS) throw new Error(`${added} rows were imported, not ${ROWS}`);

  const many = { symbols: Array.from({ length: SYMBOLS }, (_, s) => symbolName(s)), timeframe: "1d" };
  const sliceBytes = (SLICE_BARS + OVERLAP_BARS) * SYMBOLS * NUMBERS * 8;
  const universeBytes = ROWS * NUMBERS * 8;
  const rssBefore = process.memoryUsage.rss();
  const sliced = await measured(async () => {
    let rows = 0;
    let largest = 0;
    const slices = panelSlices(workspace, { ...many, sliceBars: SLICE_BARS, overlapBars: OVERLAP_BARS });
    for await (const { panel, overlap } of slices) {
      rows += panel.length - overlap;
      largest = Math.max(largest, panel.length * panel.series.length * NUMBERS * 8);
    }
    if (rows !== DAYS) throw new Error(`${rows} rows were in the slices, not ${DAYS}`);
    return largest;
  });
  const whole = await measured(() => readManyBars(workspace, many));
  if (whole.value.some((bars) => bars.length !== DAYS)) throw new Error("misread");
  const featured = await measured(() => stockFeatures(whole.value.slice(0, STOCKS)));
  const append = await appendShare(folder, sample);

  const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads, Node ${process.version}`;
  const line = (name: string, value: number, unit: string, more: object = {}) => ({
    name,
    value: Number(value.toPrecision(4)),
    unit,
    ...more,
    machine,
  });
  const inMb = (bytes: number): number => Math.round(bytes / 1e6);
  console.log(
    JSON.stringify(
      [
        line("import 2,000 symbols x 2,520 days from CSV", imported.seconds, "s", {
          rows: ROWS,
          csvMb: inMb(csvBytes),
          budget: IMPORT_BUDGET_S,
          ratioToBudget: Number((imported.seconds / IMPORT_BUDGET_S).toPrecision(3)),
        }),
        line("rate of the import", ROWS / imported.seconds, "rows/s"),
        line("peak resident memory of the import", inMb(imported.peakBytes), "MB", {
          columnsMb: inMb(ROWS * (NUMBERS + 1) * 8),
        }),
        line("read 2,000 daily series, hash checked", whole.seconds, "s", { rows: ROWS }),
        line("read them as a panel slice by slice", sliced.seconds, "s", {
          sliceBars: SLICE_BARS,
          overlapBars: OVERLAP_BARS,
        }),
        line("largest slice", inMb(sliced.value), "MB", {
          boundMb: inMb(sliceBytes),
          universeMb: inMb(universeBytes),
          ratioToUniverse: Number((sliced.value / universeBytes).toPrecision(3)),
        }),
        line("columns in memory while they are read, peak", inMb(sliced.peakColumnBytes), "MB", {
          residentMb: inMb(sliced.peakBytes),
          residentBeforeMb: inMb(rssBefore),
        }),
        { ...featured.value, peakResidentMb: inMb(featured.peakBytes), machine },
        line("bytes written by a day more of 5 years of 1-minute bars", append.share, "of the series", {
          budget: 0.02,
          seconds: Number(append.seconds.toPrecision(3)),
        }),
      ],
      null,
      2,
    ),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
