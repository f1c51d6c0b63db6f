import { describe, expect, it } from "vitest";
import { constantRate, warmupCosine } from "../schedules/schedule.ts";
import { createTrainingProgram } from "./createTrainingProgram.ts";
import { type FitOptions, fit } from "./fit.ts";
import { tinyTransformer, waveSource } from "./tinyTransformer.ts";

const options: FitOptions = {
  train: waveSource(53),
  validation: waveSource(13),
  epochs: 3,
  seed: 11,
  schedule: warmupCosine({ peak: 3e-3, warmupSteps: 4 }),
  patience: 5,
  fingerprint: "tiny-1",
};

/** Aborts after `stopAfter` training steps and gives back the checkpoint. */
async function interrupted(stopAfter: number, more: Partial<FitOptions> = {}) {
  const program = await createTrainingProgram(tinyTransformer());
  const controller = new AbortController();
  const saved: Uint8Array[] = [];
  let steps = 0;
  const result = await fit(program, {
    ...options,
    ...more,
    signal: controller.signal,
    checkpoint: { everySteps: 100, save: async (bytes) => void saved.push(bytes) },
    onProgress: (p) => {
      if (p.validation === undefined && ++steps === stopAfter) controller.abort();
    },
  });
  await program.close();
  return { result, checkpoint: saved.at(-1)! };
}

describe("fit", () => {
  it("overfits 64 windows to a tenth of the first loss", async () => {
    const program = await createTrainingProgram(tinyTransformer({ dropout: 0, batch: 16 }));
    const result = await fit(program, {
      ...options,
      train: waveSource(64),
      validation: waveSource(64),
      epochs: 60,
      patience: 60,
      schedule: constantRate(5e-3),
    });
    const first = result.history[0]!.loss;
    expect(result.bestValue).toBeLessThan(first / 10);
    expect(result.epochs).toBe(60);
    await program.close();
  });

  it("is bit-identical when interrupted in the middle of an epoch and resumed", async () => {
    const whole = await createTrainingProgram(tinyTransformer());
    const expected = await fit(whole, options);
    const exported = whole.exportOnnx({});
    expect(expected.aborted).toBe(false);
    // 53 rows make 6 steps of 8 an epoch: 3 is inside the first epoch, 9 inside the second, 6 at a boundary.
    for (const stop of [3, 6, 9]) {
      const { result, checkpoint } = await interrupted(stop);
      expect(result.aborted).toBe(true);
      const program = await createTrainingProgram(tinyTransformer());
      // As a file gives them: a view into a larger buffer, at a place that no Float32Array may begin at.
      const asRead = Buffer.concat([Buffer.from("odd"), checkpoint]).subarray(3);
      const resumed = await fit(program, { ...options, resume: asRead });
      expect(resumed.history).toEqual(expected.history);
      expect(program.exportOnnx({})).toEqual(exported);
      await program.close();
    }
    await whole.close();
  });

  it("gives the same bytes twice and others for another seed", async () => {
    const bytes = [];
    for (const seed of [3, 3, 4]) {
      const program = await createTrainingProgram(tinyTransformer({ seed }));
      await fit(program, { ...options, epochs: 1 });
      bytes.push(program.exportOnnx({}));
      await program.close();
    }
    expect(bytes[0]).toEqual(bytes[1]);
    expect(bytes[0]).not.toEqual(bytes[2]);
  });

  it("stops early, keeps the best epoch's weights and reports every step and epoch", async () => {
    const program = await createTrainingProgram(tinyTransformer());
    // The monitored value is best in epoch 2 by construction.
    const scores = [1, 5, 4, 3, 2];
    let epoch = 0;
    let best: Float32Array | undefined;
    const seen: string[] = [];
    const result = await fit(program, {
      ...options,
      epochs: 5,
      patience: 2,
      monitor: "score",
      direction: "max",
      validate: async (predict) => {
        const { logits } = await predict(new Float32Array(2 * 55), 2);
        expect(logits).toHaveLength(6);
        if (epoch === 1) best = program.state().parameters;
        return { score: scores[epoch++]! };
      },
      onProgress: (p) => {
        seen.push(`${p.epoch}/${p.epochs} ${p.step}/${p.stepsPerEpoch}${p.validation ? " end" : ""}`);
        expect(p.windowsPerSecond).toBeGreaterThan(0);
        expect(p.metrics.accuracy).toBeGreaterThanOrEqual(0);
        expect(p.secondsLeft).toBeGreaterThanOrEqual(0);
      },
    });
    expect(result).toMatchObject({
      epochs: 4,
      stoppedEarly: true,
      aborted: false,
      bestEpoch: 2,
      bestValue: 5,
    });
    expect(program.state().parameters).toEqual(best);
    expect(seen).toHaveLength(4 * 7);
    expect(seen[0]).toBe("1/5 1/6");
    expect(seen[6]).toBe("1/5 6/6 end");
    expect(result.history.map((h) => h.validation.score)).toEqual([1, 5, 4, 3]);
    await program.close();
  });

  it("refuses checkpoints that are cut, damaged, foreign or of another training, and keeps the program", async () => {
    const { checkpoint } = await interrupted(2);
    const program = await createTrainingProgram(tinyTransformer());
    const before = program.state();
    const damaged = checkpoint.slice();
    damaged[checkpoint.length >> 1]! ^= 1;
    const newer = checkpoint.slice();
    newer[8] = 9;
    const cases: [Uint8Array, RegExp][] = [
      [checkpoint.subarray(0, checkpoint.length - 5), /truncated or damaged/],
      [checkpoint.subarray(0, 20), /no checkpoint/],
      [new Uint8Array(0), /no checkpoint/],
      [damaged, /truncated or damaged/],
      [newer, /version 9/],
      [new TextEncoder().encode("not a checkpoint, but long enough to be looked at as one"), /no checkpoint/],
    ];
    for (const [resume, message] of cases)
      await expect(fit(program, { ...options, resume })).rejects.toThrow(message);
    await expect(fit(program, { ...options, fingerprint: "tiny-2", resume: checkpoint })).rejects.toThrow(
      /another training/,
    );
    expect(program.state()).toEqual(before);
    await program.close();
  });

  it("refuses a source without rows and an unknown monitor", async () => {
    const program = await createTrainingProgram(tinyTransformer());
    await expect(fit(program, { ...options, train: waveSource(7) })).rejects.toThrow(
      /do not fill a batch of 8/,
    );
    await expect(fit(program, { ...options, validation: waveSource(0) })).rejects.toThrow(
      /no validation rows/,
    );
    await expect(fit(program, { ...options, epochs: 1, monitor: "f1" })).rejects.toThrow(
      /monitor "f1" is none of loss/,
    );
    await program.close();
  });
});
