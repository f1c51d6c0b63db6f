/**
 * The momentum scan of 1,453 symbols x 10 years of daily bars to 50 candidates: cold from Parquet in a process that has read
 * nothing yet (budget 3 s), warm with the bars in memory (budget 1 s), after a day more of all symbols, the score of every bar
 * for training, and whether shuffled symbols give the same answer. Prints one JSON document.
 *
 * The universe is made by a block bootstrap: of four-hour bars of the sample beside the program, taken as days, or of a real
 * panel, the CSV of daily bars that ORION_BENCH_PANEL names.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DAY_MS, HOUR_MS, MINUTE_MS, seededRandom, sha256 } from "@orion/trade/core";
import {
  allocateBars,
  BAR_COLUMNS,
  type BarSeries,
  madeUniverse,
  resample,
  sliceBars,
} from "@orion/trade/market";
import { openScan, type StoredScan, scanStored } from "@orion/trade/recipe";
import { candidatesByDay, type MomentumHistory, momentumHistory, momentumScan } from "@orion/trade/signals";
import {
  importCsv,
  openWorkspace,
  readBarFile,
  readManyBars,
  samplePath,
  writeBars,
} from "@orion/trade/store";

const SYMBOLS = 1453;
const DAYS = 2520;
const SEED = 8;
const COLD_BUDGET_S = 3;
const WARM_BUDGET_S = 1;
const COLD_RUNS = 3;
const WARM_RUNS = 9;
const SHUFFLES = 10;
const WRITERS = 4;
const SCAN = { market: "stock", timeframe: "1d" } as const;

const contextOf = (workspace: string) => ({ workspace, now: () => 0 });

/** The argument of the process that scans cold. */
const [mode, given] = process.argv.slice(2);
if (mode === "cold" && given !== undefined) {
  const began = performance.now();
  const scan = await scanStored(contextOf(given), { ...SCAN, symbols: process.env.SCAN_SYMBOLS?.split(",") });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ ...scan, seconds, cpuSeconds: (user + system) / 1e6 }));
} else await measure();

async function realSeries(folder: string): Promise<readonly BarSeries[]> {
  const file = process.env.ORION_BENCH_PANEL;
  if (file === undefined) {
    const { bars } = await readBarFile(samplePath(), "bars");
    return [resample(bars, 5 * MINUTE_MS, 4 * HOUR_MS).bars];
  }
  const workspace = await openWorkspace(join(folder, "panel"));
  const { series } = await importCsv(workspace, { file, ...SCAN });
  return readManyBars(workspace, { ...SCAN, symbols: series.map(({ stored }) => stored.symbol) });
}

async function writeAll(folder: string, universe: readonly BarSeries[]): Promise<void> {
  const workspace = await openWorkspace(folder);
  const waiting = universe.values();
  const workOff = async (): Promise<void> => {
    for (const bars of waiting)
      await writeBars(workspace, { ...SCAN, symbol: bars.instrument, source: "bench" }, bars);
  };
  await Promise.all(Array.from({ length: WRITERS }, workOff));
}

/** One more day of each symbol: the last one again, a weekday later. */
function oneMore(bars: BarSeries): BarSeries {
  const last = sliceBars(bars, bars.length - 1, bars.length);
  const more = allocateBars(bars.instrument, 1);
  for (const name of BAR_COLUMNS) more[name].set(last[name]);
  more.closeTime[0] = last.closeTime[0]! + 3 * DAY_MS;
  return more;
}

function answerOf({
  asOf,
  candidates,
  dropped,
}: Pick<StoredScan, "asOf" | "candidates" | "dropped">): string {
  return sha256(JSON.stringify({ asOf, candidates, dropped }));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >>> 1]!;
}

function secondsOf<T>(work: () => T): { value: T; seconds: number } {
  const before = performance.now();
  const value = work();
  return { value, seconds: (performance.now() - before) / 1000 };
}

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "orion-bench-scan-"));
  try {
    const universe = madeUniverse(
      { series: await realSeries(folder) },
      { symbols: SYMBOLS, days: DAYS, seed: SEED, blockDays: 20 },
    );
    const store = join(folder, "universe");
    await writeAll(store, universe);

    const cold = Array.from({ length: COLD_RUNS }, () => {
      const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "cold", store], {
        encoding: "utf8",
        maxBuffer: 1 << 26,
        env: { ...process.env, SCAN_SYMBOLS: universe.map((bars) => bars.instrument).join(",") },
      });
      if (child.status !== 0) throw new Error(`the cold scan failed: ${child.stderr}`);
      return JSON.parse(child.stdout) as StoredScan & { seconds: number; cpuSeconds: number };
    });
    const open = await openScan(contextOf(store), SCAN);
    const warm = Array.from({ length: WARM_RUNS }, () => secondsOf(() => open.scan()));
    const after = secondsOf(() => {
      open.append(universe.map(oneMore));
      return open.scan();
    });

    const answers = new Set([...cold, warm[0]!.value].map(answerOf));
    const order = [...universe.keys()];
    const random = seededRandom(SEED);
    for (let i = 0; i < SHUFFLES; i++) {
      answers.add(answerOf(momentumScan(random.shuffle(order).map((s) => universe[s]!))));
    }

    const histories = secondsOf(() => universe.map((bars): MomentumHistory => momentumHistory(bars)));
    const chosen = secondsOf(() => [...candidatesByDay(histories.value)]);

    const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads, Node ${process.version}`;
    const rounded = (value: number): number => Number(value.toPrecision(4));
    const line = (name: string, value: number, unit: string, more: object = {}) => ({
      name,
      value: rounded(value),
      unit,
      ...more,
      machine,
    });
    const within = (seconds: number, budget: number) => ({
      budget,
      ratioToBudget: rounded(seconds / budget),
    });
    const coldS = median(cold.map((run) => run.seconds));
    const warmS = median(warm.map((run) => run.seconds));
    const { scanned, ranked, candidates, dropped } = warm[0]!.value;
    const reasons: Record<string, number> = {};
    for (const { reason } of dropped) reasons[reason] = (reasons[reason] ?? 0) + 1;
    console.log(
      JSON.stringify(
        [
          line(
            `cold scan of ${SYMBOLS} symbols x ${DAYS} days from Parquet, a process of its own`,
            coldS,
            "s",
            {
              ...within(coldS, COLD_BUDGET_S),
              readMs: Math.round(median(cold.map((run) => run.timings.readMs))),
              cpuSeconds: rounded(median(cold.map((run) => run.cpuSeconds))),
              computeMs: Math.round(median(cold.map((run) => run.timings.computeMs))),
              runs: cold.map((run) => rounded(run.seconds)),
            },
          ),
          line(`warm scan of ${SYMBOLS} symbols, bars in memory`, warmS, "s", {
            ...within(warmS, WARM_BUDGET_S),
            runs: warm.map((run) => rounded(run.seconds)),
            scanned,
            ranked,
            candidates: candidates.length,
            dropped: reasons,
          }),
          line(
            "a day more of all symbols taken, and a scan",
            after.seconds,
            "s",
            within(after.seconds, WARM_BUDGET_S),
          ),
          line(
            `different answers: ${COLD_RUNS} cold, one warm, ${SHUFFLES} shuffled`,
            answers.size,
            "answers",
            {
              budget: 1,
              ratioToBudget: answers.size,
              sha256: [...answers],
            },
          ),
          line("score of every bar of every symbol", histories.seconds, "s", {
            bars: SYMBOLS * DAYS,
            barsPerSecond: Math.round((SYMBOLS * DAYS) / histories.seconds),
          }),
          line("candidates of every day from them", chosen.seconds, "s", { days: chosen.value.length }),
        ],
        null,
        2,
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
