import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createTrainingProgram, emptyBatch, measurePeak } from "@orion/grad";
import {
  fillBatch,
  machine,
  measuredNetworks,
  median,
  specOf,
  threads,
  wantedNetworks,
} from "./measured/networks.ts";

// The training of each network at its usual size, with dropout, clipping and AdamW: seconds a step, GFLOP/s, the ratio to
// the machine's own peak in the same run, load time, export size and peak memory. Prints one JSON document; the name of a
// network as argument measures that one alone. Each network has a process of its own, so that its memory is its own.
// A rate counts matrix products only, 2·m·n·k each in the forward pass, times 3 for forward and backward.
const formula = "3 x sum of 2mnk over the forward pass's matrix products";
const SECONDS_A_ROUND = 2.5;
const line = (name: string, value: number, unit: string, more: Record<string, number | string> = {}) => ({
  name,
  value,
  unit,
  ...more,
  machine,
});

async function measure(kind: string) {
  const { batch: size, trainingBudget, memoryBudgetBytes } = measuredNetworks[kind]!;
  const peaks = [(await measurePeak({ threads, repeats: 6 })).gflops];
  const before = process.memoryUsage().rss;
  const spec = specOf(kind, size);
  const opened = performance.now();
  const program = await createTrainingProgram(spec);
  const loadSeconds = (performance.now() - opened) / 1000;
  const batch = fillBatch(emptyBatch(spec, size));
  const step = async (): Promise<number> => {
    const start = performance.now();
    await program.step(batch, 3e-4);
    return (performance.now() - start) / 1000;
  };
  const lossBefore = (await program.step(batch, 3e-4)).loss;
  await step();
  // Peak and training by turns, so that what else the machine does meets both.
  const seconds: number[] = [];
  for (let round = 0; round < 4; round++) {
    peaks.push((await measurePeak({ threads, repeats: 6 })).gflops);
    let spent = 0;
    do {
      const taken = await step();
      seconds.push(taken);
      spent += taken;
    } while (spent < SECONDS_A_ROUND);
  }
  const resident = process.resourceUsage().maxRSS * 1024;
  const lossAfter = (await program.step(batch, 3e-4)).loss;
  const peak = Math.max(...peaks);
  const [typical, best] = [median(seconds), Math.min(...seconds)];
  const rate = (s: number) => program.flopsPerStep / s / 1e9;
  const lines = [
    line(`grad.${kind}.parameters`, program.parameterCount, "count"),
    line(`grad.${kind}.step`, typical, "s", {
      best,
      steps: seconds.length,
      batch: size,
      window: spec.input.time,
    }),
    line(`grad.${kind}.windows`, size / typical, "1/s"),
    line(`grad.${kind}.rate`, rate(typical), "GFLOP/s", {
      ratioToPeak: rate(typical) / peak,
      best: rate(best),
      bestRatioToPeak: rate(best) / peak,
      peak,
      ...(trainingBudget === undefined ? {} : { budgetRatio: trainingBudget }),
      formula,
    }),
    line(`grad.${kind}.loss`, lossAfter, "nat and squares", { before: lossBefore }),
    line(`grad.${kind}.load`, loadSeconds, "s"),
    line(`grad.${kind}.export`, program.exportOnnx({}).length, "bytes"),
    line(`grad.${kind}.peakResident`, resident, "bytes", { before, budget: memoryBudgetBytes }),
  ];
  await program.close();
  return lines;
}

const wanted = wantedNetworks("grad");
const lines: object[] = [];
if (process.argv[2] !== undefined) lines.push(...(await measure(wanted[0]!)));
else
  for (const kind of wanted) {
    process.stderr.write(`measuring the training of ${kind} …\n`);
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), kind]);
    lines.push(...(JSON.parse(stdout) as object[]));
  }
process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
