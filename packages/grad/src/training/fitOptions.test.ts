import { describe, expect, it } from "vitest";
import { cosineRestarts, endsCycle } from "../schedules/schedule.ts";
import type { BatchSource } from "./batchSource.ts";
import { createTrainingProgram } from "./createTrainingProgram.ts";
import { type FitOptions, type FitProgress, fit } from "./fit.ts";
import { tinyTransformer, waveSource } from "./tinyTransformer.ts";
import type { TrainingProgram } from "./trainingProgram.ts";
import type { TrainingSpec } from "./trainingSpec.ts";

const BATCH = 8;
const spec = (): TrainingSpec => ({ ...tinyTransformer(), accumulate: 2, averageDecay: 0.9 });

/** Rows from the highest number down: 16, 29, 42 … of 53. 2, 3, 5, 6, 6 steps of 8. */
const order = Int32Array.from({ length: 53 }, (_, i) => 52 - i);
const rowsOf = (epoch: number): Int32Array => order.subarray(0, Math.min(53, 16 + 13 * epoch));
const cycles = { periodSteps: 4, factor: 1.5 };

const options: FitOptions = {
  train: waveSource(53),
  validation: waveSource(13),
  epochs: 5,
  seed: 11,
  schedule: cosineRestarts({ peak: 3e-3, ...cycles }),
  rowsOf,
  snapshotAfter: endsCycle(cycles),
  weights: "average",
  patience: 9,
  fingerprint: "options",
};

async function withProgram<T>(work: (program: TrainingProgram) => Promise<T>): Promise<T> {
  const program = await createTrainingProgram(spec());
  try {
    return await work(program);
  } finally {
    await program.close();
  }
}

describe("fit with accumulation, average, curriculum, restarts and snapshots together", () => {
  it("is bit-identical when interrupted anywhere and resumed, snapshots included", async () => {
    const whole = await withProgram(async (program) => ({
      result: await fit(program, options),
      bytes: program.exportOnnx({}, { weights: "average" }),
    }));
    for (const stop of [1, 4, 5, 11]) {
      const controller = new AbortController();
      const saved: Uint8Array[] = [];
      let steps = 0;
      const cut = await withProgram((program) =>
        fit(program, {
          ...options,
          signal: controller.signal,
          checkpoint: { everySteps: 100, save: async (bytes) => void saved.push(bytes) },
          onProgress: (p) => {
            if (p.validation === undefined && ++steps === stop) controller.abort();
          },
        }),
      );
      expect(cut.aborted).toBe(true);
      const resumed = await withProgram(async (program) => ({
        result: await fit(program, { ...options, resume: saved.at(-1)! }),
        bytes: program.exportOnnx({}, { weights: "average" }),
      }));
      expect(resumed.bytes).toEqual(whole.bytes);
      expect(resumed.result.history).toEqual(whole.result.history);
      expect(resumed.result.snapshots).toEqual(whole.result.snapshots);
    }
    // cycles of 4, 6, 9 steps end after steps 4, 10, 19 of 22, in epochs of 2, 3, 5, 6 and 6 steps
    expect(whole.result.snapshots.map(({ step, epoch }) => [step, epoch])).toEqual([
      [4, 2],
      [10, 3],
      [19, 5],
    ]);
  });

  it("keeps what the weights were at the end of a cycle, the last ones or their average", async () => {
    for (const weights of ["last", "average"] as const) {
      await withProgram(async (program) => {
        const seen: Float32Array[] = [];
        const { snapshots } = await fit(program, {
          ...options,
          weights,
          onProgress: ({ stepsDone, validation }) => {
            const state = program.state();
            if (stepsDone === 10 && !validation)
              seen.push(weights === "average" ? state.average! : state.parameters);
          },
        });
        expect(snapshots[1]!.parameters).toEqual(seen[0]);
      });
    }
    await withProgram(async (program) => {
      const { snapshotAfter: _none, ...plain } = options;
      expect((await fit(program, { ...plain, epochs: 1 })).snapshots).toEqual([]);
    });
  });
});

describe("rows by epoch", () => {
  it("draws each epoch from its rows alone, each at most once, and knows the steps of all epochs beforehand", async () => {
    const gathered: number[][] = [];
    const source = waveSource(53);
    const train: BatchSource = {
      rows: 53,
      gather(rows, into) {
        gathered.push([...rows]);
        source.gather(rows, into);
      },
    };
    const told: FitProgress[] = [];
    const asked: [number, number][] = [];
    await withProgram((program) =>
      fit(program, {
        ...options,
        train,
        schedule: (step, total) => {
          asked.push([step, total]);
          return 1e-3;
        },
        onProgress: (p) => void told.push(p),
      }),
    );
    const steps = [2, 3, 5, 6, 6];
    let at = 0;
    steps.forEach((count, epoch) => {
      const rows = gathered.slice(at, at + count).flat();
      expect(rows).toHaveLength(count * BATCH);
      expect(new Set(rows).size).toBe(rows.length);
      const allowed = new Set(rowsOf(epoch));
      expect(rows.every((row) => allowed.has(row))).toBe(true);
      // shuffled: not the order of the rows as they were given
      expect(rows).not.toEqual([...rowsOf(epoch).subarray(0, rows.length)]);
      at += count;
    });
    expect(gathered).toHaveLength(22);
    expect(new Set(asked.map(([, total]) => total))).toEqual(new Set([22]));
    expect(new Set(asked.map(([step]) => step))).toEqual(new Set(Array.from({ length: 22 }, (_, i) => i)));
    expect(told.filter((p) => !p.validation).map((p) => [p.stepsDone, p.stepsTotal])).toEqual(
      Array.from({ length: 22 }, (_, i) => [i + 1, 22]),
    );
    const ends = told.filter((p) => p.validation);
    expect(ends.map((p) => [p.epoch, p.step, p.stepsPerEpoch, p.stepsDone])).toEqual([
      [1, 2, 2, 2],
      [2, 3, 3, 5],
      [3, 5, 5, 10],
      [4, 6, 6, 16],
      [5, 6, 6, 22],
    ]);
    expect(ends.at(-1)!.secondsLeft).toBe(0);
  });

  it("refuses an epoch that has no batch, before any work", async () => {
    await withProgram(async (program) => {
      const before = program.state();
      const short = { ...options, rowsOf: (epoch: number) => order.subarray(0, epoch === 3 ? 7 : 16) };
      await expect(fit(program, short)).rejects.toThrow(/7 training rows do not fill a batch of 8/);
      expect(program.state()).toEqual(before);
    });
  });
});

describe("what decides and what is told", () => {
  it("monitors a value that is derived from the validation's means", async () => {
    await withProgram(async (program) => {
      const result = await fit(program, {
        ...options,
        epochs: 3,
        monitor: "wrong",
        direction: "max",
        derive: ({ accuracy }) => ({ wrong: 1 - accuracy! }),
      });
      const wrong = result.history.map((h) => h.validation.wrong!);
      expect(wrong).toEqual(result.history.map((h) => 1 - h.validation.accuracy!));
      expect(result.bestValue).toBe(Math.max(...wrong));
      expect(result.bestEpoch).toBe(wrong.indexOf(Math.max(...wrong)) + 1);
    });
  });

  it("measures the engine's idle share of the steps; none without a step", async () => {
    await withProgram(async (program) => {
      const first = await fit(program, { ...options, epochs: 1 });
      expect(program.engineMs).toBeGreaterThan(0);
      expect(first.engineIdleShare).toBeGreaterThan(0);
      expect(first.engineIdleShare).toBeLessThan(1);
      // 60 ms of waiting in each step of a network that computes for a few: the engine is idle most of the time
      const wait = (): void => {
        const end = performance.now() + 60;
        while (performance.now() < end);
      };
      const slow = await fit(program, { ...options, epochs: 1, onProgress: wait });
      expect(slow.engineIdleShare).toBeGreaterThan(first.engineIdleShare!);
      const stopped = await fit(program, { ...options, signal: AbortSignal.abort() });
      expect(stopped.engineIdleShare).toBeNull();
    });
  });
});
