import { availableParallelism, cpus } from "node:os";
import { loadPredictor } from "@orion/grad";

/** How fast an exported model is here and now. */
export interface InferenceSpeed {
  readonly machine: string;
  readonly threads: number;
  /** from the bytes of the file to a network that can be asked */
  readonly loadSeconds: number;
  /** of one window at a time, over `runs` runs after a warm-up */
  readonly latency: { readonly p50Ms: number; readonly p99Ms: number; readonly runs: number };
  /** of 256 windows at once, the middle of `runs` runs after a warm-up */
  readonly throughput: { readonly windowsPerSecond: number; readonly batch: number; readonly runs: number };
}

const BATCH = 256;
/** Runs of one window: enough for a 99th hundredth, and no more than a few seconds of a slow network. */
const SINGLE = { least: 30, most: 300, seconds: 3 };
const MANY = { least: 2, most: 5, seconds: 4 };

/** Loads an exported model and runs it on windows of plain numbers: what they hold costs no time. */
export async function measureInference(onnx: Uint8Array, signal?: AbortSignal): Promise<InferenceSpeed> {
  const threads = availableParallelism();
  const opened = performance.now();
  const predictor = await loadPredictor(onnx, { threads });
  try {
    const loadSeconds = (performance.now() - opened) / 1000;
    const { time, features } = predictor.inputShape;
    const x = Float32Array.from({ length: BATCH * time * features }, (_, i) => 1.5 * Math.sin(12.9898 * i));
    const timed = async (rows: number, { least, most, seconds }: typeof SINGLE) => {
      await predictor.predict(x, rows);
      const all: number[] = [];
      const until = performance.now() + 1000 * seconds;
      while (all.length < least || (all.length < most && performance.now() < until)) {
        signal?.throwIfAborted();
        const start = performance.now();
        await predictor.predict(x, rows);
        all.push(performance.now() - start);
      }
      return all.sort((a, b) => a - b);
    };
    const at = (sorted: readonly number[], share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
    const single = await timed(1, SINGLE);
    const many = await timed(BATCH, MANY);
    return {
      machine: cpus()[0]?.model.trim() ?? "unknown",
      threads,
      loadSeconds,
      latency: { p50Ms: at(single, 0.5), p99Ms: at(single, 0.99), runs: single.length },
      throughput: { windowsPerSecond: (1000 * BATCH) / at(many, 0.5), batch: BATCH, runs: many.length },
    };
  } finally {
    await predictor.close();
  }
}
