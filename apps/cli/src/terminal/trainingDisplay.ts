import type { TrainingStatus } from "@orion/trade/wire";
import { percent } from "./output.ts";
import { progressBar } from "./progressBar.ts";

/** Shows a training on the terminal: loss, accuracy, learning rate, throughput and time left. */
export function trainingDisplay(): { update(status: Partial<TrainingStatus>): void; stop(): void } {
  const bar = progressBar();
  const shown: Partial<TrainingStatus> = {};
  return {
    update(status) {
      Object.assign(shown, status);
      if (shown.stage === undefined || shown.stage === null) return;
      bar.update({
        stage: shown.stage,
        done: shown.step ?? 0,
        total: shown.steps || null,
        secondsLeft: shown.secondsLeft ?? null,
        note: shown.stage.startsWith("training") ? noteOf(shown) : (shown.message ?? ""),
      });
    },
    stop: () => bar.stop(),
  };
}

function noteOf(s: Partial<TrainingStatus>): string {
  const parts = [`epoch ${s.epoch}/${s.epochs}`];
  if (typeof s.loss === "number") parts.push(`loss ${s.loss.toFixed(4)}`);
  if (typeof s.accuracy === "number") parts.push(`accuracy ${percent(s.accuracy, 1)}`);
  if (typeof s.balancedAccuracy === "number") parts.push(`balanced ${percent(s.balancedAccuracy, 1)}`);
  if (typeof s.learningRate === "number") parts.push(`rate ${s.learningRate.toExponential(1)}`);
  if (typeof s.windowsPerSecond === "number") parts.push(`${s.windowsPerSecond.toFixed(0)} windows/s`);
  if (typeof s.gflops === "number") parts.push(`${s.gflops.toFixed(0)} GFLOP/s`);
  return parts.join("  ");
}
