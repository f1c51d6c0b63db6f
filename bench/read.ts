/**
 * Reading bars: 2,000,000 from Parquet to columns (budget 0.4 s), kept in parts of a year as the store does and in one
 * file, a CSV import, a resampling. Prints one JSON document.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@orion/trade/core";
import { allocateBars, BAR_COLUMNS, type BarSeries, resample } from "@orion/trade/market";
import {
  FILE_ROWS,
  importCsv,
  openWorkspace,
  readBarFile,
  readBars,
  samplePath,
  writeBars,
} from "@orion/trade/store";

const ROWS = 2_000_000;
const BAR_MS = 5 * MINUTE_MS;
const READ_BUDGET_S = 0.4;
const REPEATS = 5;

/** The sample's bars one after another until there are enough, each round going on at the last one's price. */
function repeated(sample: BarSeries, rows: number): BarSeries {
  const bars = allocateBars(sample.instrument, rows);
  let scale = 1;
  for (let i = 0; i < rows; i++) {
    const from = i % sample.length;
    if (from === 0 && i > 0) scale = bars.close[i - 1]! / sample.open[0]!;
    bars.closeTime[i] = sample.closeTime[0]! + i * BAR_MS;
    // one decimal, as the market's own tick: the file compresses as real bars do
    for (const name of BAR_COLUMNS) {
      bars[name][i] =
        name === "volume" ? sample.volume[from]! : Math.round(sample[name][from]! * scale * 10) / 10;
    }
  }
  return bars;
}

function toCsv(bars: BarSeries): string {
  const lines = ["ts,open,high,low,close,volume"];
  for (let i = 0; i < bars.length; i++) {
    lines.push([bars.closeTime[i]! - BAR_MS, ...BAR_COLUMNS.map((name) => bars[name][i]!)].join(","));
  }
  return `${lines.join("\n")}\n`;
}

async function seconds(work: () => unknown): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >>> 1]!;
}

const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads, Node ${process.version}`;

function line(name: string, value: number, unit: string, more: object = {}): object {
  return { name, value: Number(value.toPrecision(4)), unit, ...more, machine };
}

const folder = await mkdtemp(join(tmpdir(), "orion-bench-read-"));
try {
  const workspace = await openWorkspace(folder);
  const { bars: sample } = await readBarFile(samplePath(), "bars");
  const bars = repeated(sample, ROWS);
  const key = { timeframe: "5m", market: "futures" } as const;
  const layouts = [
    { name: "in parts", symbol: "PARTS", fileRows: FILE_ROWS },
    { name: "in one file", symbol: "SINGLE", fileRows: ROWS },
  ];
  const lines: object[] = [];
  for (const { name, symbol, fileRows } of layouts) {
    const named = { ...key, symbol };
    const writeS = await seconds(() =>
      writeBars(workspace, { ...named, source: "bench" }, bars, { fileRows }),
    );
    const reads: number[] = [];
    for (let i = 0; i < REPEATS; i++) {
      reads.push(
        await seconds(async () => {
          const read = await readBars(workspace, named);
          if (read.length !== ROWS || read.close[ROWS - 1] !== bars.close[ROWS - 1])
            throw new Error("misread");
        }),
      );
    }
    const readS = median(reads);
    lines.push(
      line(`read 2M bars from Parquet, ${name}`, readS, "s", {
        rows: ROWS,
        budget: READ_BUDGET_S,
        ratioToBudget: Number((readS / READ_BUDGET_S).toPrecision(3)),
        runs: reads.map((r) => Number(r.toPrecision(3))),
      }),
      line(`write 2M bars to Parquet, ${name}`, writeS, "s", { rows: ROWS }),
    );
  }
  const lastDay = { from: bars.closeTime[ROWS - 1]! - DAY_MS };
  const dayS = await seconds(() => readBars(workspace, { ...key, symbol: "PARTS" }, lastDay));

  const csv = join(folder, "CSV_5m.csv.gz");
  await writeFile(csv, gzipSync(toCsv(sample)));
  const csvS = await seconds(() => importCsv(workspace, { file: csv, market: "futures", timeframe: "5m" }));
  const resampleS = await seconds(() => resample(bars, BAR_MS, HOUR_MS));

  console.log(
    JSON.stringify(
      [
        ...lines,
        line("read the last day of them, in parts", dayS, "s"),
        line("import gzip CSV", sample.length / csvS, "rows/s", { rows: sample.length }),
        line("resample 5m to 1h", ROWS / resampleS, "bars/s", { rows: ROWS }),
      ],
      null,
      2,
    ),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
