/**
 * The scanner's whole chain for 50 candidates with its models loaded (budget 2 s): features, six timeframes with a network each,
 * volatility and dependence, five base models, the meta-learner, the filter and what mattered. The stock of bars is made up:
 * 50 symbols and two indices at 1m, 5m, 1h and 1d; the models are trained on it first, small, for a chain's time does not depend on
 * what they have learned. Prints one JSON document.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { openScanner, parseScanner, scannerProfile, trainScanner } from "@orion/trade/recipe";
import { openWorkspace, writeBars } from "@orion/trade/store";
import { marketMoves, type NestedBars, nestedBars } from "./measured/nestedBars.ts";

const SYMBOLS = 50;
const BUDGET_S = 2;
const RUNS = 7;
const MARKET = "futures";
/** symbols whose minutes are kept whole, so that the networks of minutes have something to learn from */
const LEARNED_FROM = 2;

const folder = await mkdtemp(join(tmpdir(), "orion-bench-chain-"));
try {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const workspace = await openWorkspace(folder);
  const market = marketMoves(1);
  const store = async ({ symbol, byTimeframe }: NestedBars): Promise<void> => {
    for (const [timeframe, bars] of Object.entries(byTimeframe))
      await writeBars(workspace, { symbol, market: MARKET, timeframe, source: "bench" }, bars);
  };
  say(`making ${SYMBOLS} symbols …`);
  for (const [i, name] of ["SPY", "QQQ"].entries()) await store(nestedBars(name, 100 + i, market));
  for (let s = 0; s < SYMBOLS; s++)
    await store(nestedBars(`C${String(s).padStart(2, "0")}`, 200 + s, market, s < LEARNED_FROM));

  const yaml = await readFile(new URL("../../recipes/scanner.yaml", import.meta.url), "utf8");
  const file = parseScanner(yaml.replace("market: stock", `market: ${MARKET}`), "bench");
  const quick = scannerProfile(file, "quick");
  const recipe = {
    ...quick,
    everyBars: 10,
    split: { train: 0.9, validation: 0.05, test: 0.05, embargoBars: 10 },
    timeframes: { ...quick.timeframes, mostWindows: 500, leastWindows: 300 },
    stack: { ...quick.stack, folds: 2 },
  };
  const context = { workspace: folder, now: () => Date.UTC(2024, 0, 1) };
  let stage = "";
  const trained = await trainScanner(context, recipe, { profile: "quick" }, (status) => {
    const next = status.stage?.split(",")[0] ?? stage;
    if (next !== stage) say(next);
    stage = next;
  });
  const before = performance.now();
  const scanner = await openScanner(context, { model: trained.id });
  const opened = (performance.now() - before) / 1000;
  try {
    const first = await scanner.scan();
    const times: number[] = [];
    let last = first;
    for (let run = 0; run < RUNS; run++) {
      const began = performance.now();
      last = await scanner.scan();
      times.push((performance.now() - began) / 1000);
    }
    times.sort((a, b) => a - b);
    const median = times[times.length >> 1]!;
    const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads, Node ${process.version}`;
    const all = [...last.signals, ...last.rejected];
    const forecasts = all.reduce(
      (sum, s) => sum + Object.values(s.predictions).filter((p) => p !== null).length,
      0,
    );
    const line = (name: string, value: number, unit: string, more: object = {}) => ({
      name,
      value: Number(value.toPrecision(4)),
      unit,
      ...more,
      machine,
    });
    console.log(
      JSON.stringify(
        [
          line("chain of 50 candidates, models and bars in memory", median, "s", {
            best: Number(times[0]!.toPrecision(4)),
            worst: Number(times.at(-1)!.toPrecision(4)),
            runs: RUNS,
            candidates: last.candidates,
            judged: all.length,
            forecasts,
            networks: trained.timeframes.filter(({ net }) => net).length,
            budget: BUDGET_S,
            ratioToBudget: Number((median / BUDGET_S).toPrecision(3)),
          }),
          ...Object.entries(last.timings)
            .filter(([name]) => !name.startsWith("read"))
            .map(([name, ms]) => line(`of it: ${name}`, ms, "ms")),
          line("opening model and universe", opened, "s"),
        ],
        null,
        2,
      ),
    );
  } finally {
    await scanner.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
