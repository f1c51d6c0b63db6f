/**
 * GARCH(1,1) by maximum likelihood, standard errors included: 2,500 observations (budget 30 ms, warm), 1,453 series of as many
 * (budget 30 s on two cores; here on one worker thread a core, and on this thread alone), the eight risk features of a symbol of
 * 1,000 returns (20 ms). Series are simulated from a seed. Prints one JSON document.
 */
import { availableParallelism, cpus } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { seededRandom } from "@orion/trade/core";
import { filterVolatility, fitGarch, garchSpec, riskFeatures, simulateGarch } from "@orion/trade/models";

const ROWS = 2500;
const SERIES = 1453;
const SINGLES = 20;
const PARAMS = { mu: 0.0004, omega: 4e-6, alpha1: 0.09, beta1: 0.88 };

function series(seed: number, rows: number): Float64Array {
  return simulateGarch(garchSpec.parse({}), PARAMS, rows, seededRandom(seed)).returns;
}

interface Part {
  readonly from: number;
  readonly step: number;
}

interface Fitted {
  readonly fits: number;
  readonly converged: number;
  /** sum of every alpha: the same on one thread and on many, up to the order of the sum */
  readonly alpha: number;
}

function fitMany({ from, step }: Part): Fitted {
  let [fits, converged, alpha] = [0, 0, 0];
  for (let i = from; i < SERIES; i += step) {
    const fit = fitGarch(series(i + 1, ROWS));
    fits++;
    if (fit.converged) converged++;
    alpha += fit.params.alpha1!;
  }
  return { fits, converged, alpha };
}

async function onThreads(count: number): Promise<Fitted> {
  const parts = await Promise.all(
    Array.from(
      { length: count },
      (_, from) =>
        new Promise<Fitted>((resolve, reject) => {
          const worker = new Worker(new URL(import.meta.url), { workerData: { from, step: count } });
          worker.once("message", resolve).once("error", reject);
        }),
    ),
  );
  const sum = (key: keyof Fitted): number => parts.reduce((total, part) => total + part[key], 0);
  return { fits: sum("fits"), converged: sum("converged"), alpha: sum("alpha") };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >>> 1]!;
}

/** Milliseconds of each call, after one round that is not counted. */
function timed(calls: readonly (() => void)[]): number[] {
  for (const call of calls) call();
  return calls.map((call) => {
    const before = performance.now();
    call();
    return performance.now() - before;
  });
}

async function main(): Promise<void> {
  const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads, Node ${process.version}`;
  const line = (name: string, value: number, unit: string, budget: number, more: object = {}): object => ({
    name,
    value: Number(value.toPrecision(4)),
    unit,
    budget,
    ratioToBudget: Number((value / budget).toPrecision(3)),
    ...more,
    machine,
  });
  const singles = Array.from({ length: SINGLES }, (_, i) => series(i + 1, ROWS));
  const lines: object[] = [];
  for (const [kind, dist] of [
    ["garch", "normal"],
    ["gjr", "normal"],
    ["egarch", "normal"],
    ["garch", "t"],
    ["egarch", "skewt"],
  ] as const) {
    process.stderr.write(`fitting ${kind} with ${dist} …\n`);
    const times = timed(singles.map((returns) => () => void fitGarch(returns, { kind, dist })));
    lines.push(
      line(`garch.fit.${kind}.${dist}`, median(times), "ms a fit of 2,500 returns", 30, {
        slowest: Number(Math.max(...times).toPrecision(4)),
        fits: SINGLES,
      }),
    );
  }
  const [spy, qqq] = [series(9001, 1000), series(9002, 1000)];
  const spyFilter = filterVolatility(spy);
  const symbols = Array.from({ length: SINGLES }, (_, i) => series(500 + i, 1000).map((r, t) => r + spy[t]!));
  const features = timed(symbols.map((returns) => () => void riskFeatures(returns, spy, qqq, { spyFilter })));
  lines.push(
    line("garch.riskFeatures", median(features), "ms a symbol of 1,000 returns", 20, {
      slowest: Number(Math.max(...features).toPrecision(4)),
    }),
  );
  const threads = Math.min(2, availableParallelism());
  for (const count of new Set([threads, 1])) {
    process.stderr.write(`fitting ${SERIES} series on ${count} thread${count > 1 ? "s" : ""} …\n`);
    const before = performance.now();
    const fitted = count === 1 ? fitMany({ from: 0, step: 1 }) : await onThreads(count);
    const seconds = (performance.now() - before) / 1000;
    const { fits, converged, alpha } = fitted;
    lines.push(
      line(`garch.universe.${count}thread${count > 1 ? "s" : ""}`, seconds, "s, simulation included", 30, {
        fits,
        converged,
        meanAlpha: Number((alpha / fits).toPrecision(10)),
        rows: ROWS,
      }),
    );
  }
  process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
}

if (isMainThread) await main();
else parentPort!.postMessage(fitMany(workerData as Part));
