import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

interface Row {
  ts: number;
  close: number;
  volume: number;
}

/** A price that moves like one, the same each time: a sum of slow waves. */
const wave = (i: number): number =>
  100 + 6 * Math.sin(i / 23) + 2 * Math.sin(i / 7) + 0.6 * Math.sin(i * 1.7);

async function write(
  folder: string,
  name: string,
  rows: readonly (Row & { symbol?: string })[],
): Promise<string> {
  const hasSymbol = rows[0]?.symbol !== undefined;
  const lines = rows.map(({ ts, close, volume, symbol }, i) => {
    const open = rows[i - 1]?.close ?? close;
    const [high, low] = [Math.max(open, close) * 1.002, Math.min(open, close) * 0.998];
    const prices = [open, high, low, close].map((p) => p.toFixed(4));
    return [ts, ...prices, volume, ...(hasSymbol ? [symbol] : [])].join();
  });
  const file = join(folder, name);
  await writeFile(file, `ts,open,high,low,close,volume${hasSymbol ? ",symbol" : ""}\n${lines.join("\n")}\n`);
  return file;
}

/**
 * Days of a US stock from Tuesday 2023-09-05 on (no holiday before Thanksgiving, 2023-11-23): a spike that comes back on
 * row 20, the days of rows 30 and 31 missing, no volume on row 40.
 */
export async function writeFaultyStock(folder: string): Promise<string> {
  const days: number[] = [];
  for (let day = Date.UTC(2023, 8, 5); days.length < 55; day += DAY_MS) {
    const weekday = new Date(day).getUTCDay();
    if (weekday !== 0 && weekday !== 6) days.push(day);
  }
  const rows = days.map((ts, i) => ({ ts, close: wave(i), volume: i === 40 ? 0 : 1000 + i }));
  rows[20]!.close *= 1.8;
  return write(
    folder,
    "TEST_1d.csv",
    rows.filter((_, i) => i !== 30 && i !== 31),
  );
}

/** 3,000 hours of a pair from 2024-01-01 on: a day missing from hour 600, 40 hours at one price from 1500, a spike at 2500. */
export async function writeFaultyCrypto(folder: string): Promise<string> {
  const rows = Array.from({ length: 3000 }, (_, i) => ({
    ts: Date.UTC(2024, 0, 1) + i * HOUR_MS,
    close: i >= 1500 && i < 1540 ? wave(1500) : wave(i),
    volume: i >= 1500 && i < 1540 ? 0 : 50 + (i % 24),
  }));
  rows[2500]!.close *= 1.5;
  return write(
    folder,
    "BTCUSDT_1h.csv",
    rows.filter((_, i) => i < 600 || i >= 624),
  );
}

/** Six days each of 300 symbols. */
export async function writeManySymbols(folder: string): Promise<string> {
  const rows = Array.from({ length: 300 }, (_, s) =>
    Array.from({ length: 6 }, (_, d) => ({
      symbol: `S${String(s).padStart(3, "0")}`,
      ts: Date.UTC(2024, 0, 8 + d + (d > 4 ? 2 : 0)),
      close: wave(s + d),
      volume: 100 + s,
    })),
  ).flat();
  return write(folder, "many_1d.csv", rows);
}
