import { describe, expect, it } from "vitest";
import { readParameters } from "../explain/readParameters.ts";
import { linear } from "../layers/linear.ts";
import { lstm } from "../layers/lstm.ts";
import { crossEntropy } from "../losses/crossEntropy.ts";
import { meanSquaredError } from "../losses/meanSquaredError.ts";
import { uncertaintyWeighting } from "../losses/uncertaintyWeighting.ts";
import { reshape } from "../ops/layout.ts";
import { loadPredictor } from "../runtime/predictor.ts";
import { constantRate } from "../schedules/schedule.ts";
import { emptyBatch } from "./batchSource.ts";
import { createTrainingProgram } from "./createTrainingProgram.ts";
import { type FitOptions, fit } from "./fit.ts";
import { FEATURES, TIME, tinyTransformer, waveSource } from "./tinyTransformer.ts";
import type { TrainingSpec } from "./trainingSpec.ts";

const rows = (n: number) => Int32Array.from({ length: n }, (_, i) => i * 3);
function batchOf(spec: TrainingSpec, n = spec.batch) {
  const batch = emptyBatch(spec, n);
  waveSource(100).gather(rows(n), batch);
  return batch;
}
async function withProgram<T>(
  spec: TrainingSpec,
  work: (p: Awaited<ReturnType<typeof createTrainingProgram>>) => Promise<T>,
) {
  const program = await createTrainingProgram(spec);
  try {
    return await work(program);
  } finally {
    await program.close();
  }
}
const largest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

/** An LSTM with the heads of the small Transformer, its losses weighted by what it learns of their noise. */
function tinyLstm(more: Partial<TrainingSpec> = {}): TrainingSpec {
  return {
    ...tinyTransformer({ dropout: 0 }),
    network: (g, x) => {
      const { last } = lstm(g, x, { width: 6, layers: 2, name: "encoder", dropout: 0.1 });
      return {
        logits: linear(g, last, "class", 3),
        value: reshape(g, linear(g, last, "return", 1), ["rest"]),
      };
    },
    loss: (g, { logits, value }, targets) => {
      const { loss, weights } = uncertaintyWeighting(g, {
        direction: crossEntropy(g, logits!, targets.label!),
        return: meanSquaredError(g, value!, targets.value!),
      });
      return { loss, metrics: { directionWeight: weights.direction! } };
    },
    ...more,
  };
}

describe("a batch in parts", () => {
  it.each([2, 3, 4])("in %d parts gives the same update as at once, within 1e-6", async (accumulate) => {
    // ε of the size of the gradients: else the first updates are their signs, which rounding decides near 0.
    const base = tinyTransformer({ dropout: 0, batch: 12 });
    const spec = { ...base, optimizer: { ...base.optimizer, epsilon: 1e-3 } };
    const run = (s: TrainingSpec) =>
      withProgram(s, async (program) => {
        const results = [];
        for (let i = 0; i < 5; i++) results.push(await program.step(batchOf(s), 1e-2));
        return { results, state: program.state(), flops: program.flopsPerStep };
      });
    const [whole, parts] = [await run(spec), await run({ ...spec, accumulate })];
    expect(largest(whole.state.parameters, parts.state.parameters)).toBeLessThan(1e-6);
    expect(largest(whole.state.m, parts.state.m)).toBeLessThan(1e-5);
    for (const [i, { loss, gradientNorm, metrics }] of whole.results.entries()) {
      expect(parts.results[i]!.loss).toBeCloseTo(loss, 5);
      expect(parts.results[i]!.gradientNorm).toBeCloseTo(gradientNorm, 4);
      expect(parts.results[i]!.metrics.accuracy).toBeCloseTo(metrics.accuracy!, 6);
    }
    // The folded norms cost the same for any number of rows, so that parts count them several times.
    expect(parts.flops).toBeGreaterThanOrEqual(whole.flops);
  });

  it("draws other dropout masks for each part", async () => {
    const spec = { ...tinyTransformer({ dropout: 0.5 }), accumulate: 2 };
    // Both parts hold the same rows: with the same masks the gradient would be that of one part.
    const twice = batchOf(spec);
    twice.x.copyWithin(twice.x.length / 2, 0, twice.x.length / 2);
    for (const target of Object.values(twice.targets))
      target.copyWithin(target.length / 2, 0, target.length / 2);
    const norms = [];
    for (const s of [spec, { ...spec, batch: 4, accumulate: 1 }])
      norms.push(await withProgram(s, async (p) => (await p.step(twice, 1e-3)).gradientNorm));
    expect(Math.abs(norms[0]! - norms[1]!)).toBeGreaterThan(1e-3);
  });

  it("names what is not finite and keeps the state", async () => {
    const spec = { ...tinyTransformer(), accumulate: 4 };
    await withProgram(spec, async (program) => {
      const before = program.state();
      const batch = batchOf(spec);
      batch.x[7 * TIME * FEATURES] = Number.NaN;
      await expect(program.step(batch, 1e-3)).rejects.toThrow(
        /refused: loss NaN.*gradient of "encoder.input.weight"/,
      );
      expect(program.state()).toEqual(before);
      expect((await program.step(batchOf(spec), 1e-3)).loss).toBeGreaterThan(0);
    });
  });

  it("refuses a batch that does not divide", async () => {
    await expect(createTrainingProgram({ ...tinyTransformer(), accumulate: 3 })).rejects.toThrow(
      /batch of 8 does not divide into 3/,
    );
  });
});

describe("the moving average of the weights", () => {
  it("follows a ← β a + (1 - β) θ with β = min(decay, (1 + t) / (10 + t)), and can be evaluated and exported", async () => {
    const spec = { ...tinyTransformer(), averageDecay: 0.25 };
    await withProgram(spec, async (program) => {
      const start = program.state().parameters;
      expect(program.state().average).toEqual(start);
      await program.step(batchOf(spec), 1e-2);
      const one = program.state();
      await program.step(batchOf(spec), 1e-2);
      const two = program.state();
      const [b1, b2] = [2 / 11, 0.25];
      const expected = start.map(
        (p, i) => b2 * (b1 * p + (1 - b1) * one.parameters[i]!) + (1 - b2) * two.parameters[i]!,
      );
      expect(largest(two.average!, expected)).toBeLessThan(1e-6);
      const { x } = batchOf(spec);
      const [own, last] = [await program.predict(x, 4, "average"), await program.predict(x, 4)];
      expect(own.logits).not.toEqual(last.logits);
      const exported = await loadPredictor(program.exportOnnx({}, { weights: "average" }), { threads: 1 });
      expect(largest((await exported.predict(x, 4)).logits!, own.logits!)).toBeLessThan(1e-5);
      await exported.close();
      program.restore({ ...two, parameters: two.average! });
      const batch = batchOf(spec);
      expect((await program.evaluate(batch, 8)).loss).toBe(
        (await program.evaluate(batch, 8, "average")).loss,
      );
    });
  });

  it("is refused where none is kept", async () => {
    await withProgram(tinyTransformer(), async (program) => {
      await expect(program.predict(batchOf(program.spec).x, 1, "average")).rejects.toThrow(/averageDecay/);
      expect(() => program.exportOnnx({}, { weights: "average" })).toThrow(/averageDecay/);
      const options = {
        train: waveSource(20),
        validation: waveSource(8),
        epochs: 1,
        seed: 1,
        schedule: constantRate(1e-3),
        patience: 1,
        fingerprint: "f",
      };
      await expect(fit(program, { ...options, weights: "average" })).rejects.toThrow(/averageDecay/);
    });
    await expect(createTrainingProgram({ ...tinyTransformer(), averageDecay: 1 })).rejects.toThrow(
      /averageDecay/,
    );
  });
});

describe("frozen and given parameters", () => {
  const inEncoder = (name: string) => name.startsWith("encoder.");

  it("leaves frozen parameters alone: no update, no decay, no part in the gradient's norm", async () => {
    const spec = { ...tinyTransformer({ dropout: 0 }), freeze: inEncoder, averageDecay: 0.9 };
    await withProgram(spec, async (program) => {
      const before = program.state();
      const { gradientNorm } = await program.step(batchOf(spec), 1e-2);
      for (let i = 0; i < 4; i++) await program.step(batchOf(spec), 1e-2);
      const after = program.state();
      for (const { name, offset, size } of program.parameters) {
        const [a, b] = [before, after].map((s) => s.parameters.subarray(offset, offset + size));
        if (inEncoder(name)) expect(b).toEqual(a);
        else expect(b).not.toEqual(a);
        const average = after.average!.subarray(offset, offset + size);
        if (inEncoder(name)) expect(average).toEqual(a);
      }
      // Heads 32·3+3 and 32+1.
      expect(program.trainedCount).toBe(132);
      expect(program.parameterCount).toBeGreaterThan(132);
      const whole = await withProgram({ ...spec, freeze: () => false }, (p) => p.step(batchOf(spec), 1e-2));
      expect(gradientNorm).toBeLessThan(whole.gradientNorm);
    });
  });

  it("puts frozen parameters back where a training is resumed", async () => {
    const spec = { ...tinyTransformer({ dropout: 0 }), freeze: inEncoder };
    const state = await withProgram(spec, async (program) => program.state());
    const [same, other] = [spec, { ...spec, seed: 77 }].map((s) =>
      withProgram(s, async (program) => {
        program.restore(state);
        for (let i = 0; i < 3; i++) await program.step(batchOf(spec), 1e-2);
        return program.state();
      }),
    );
    expect(await other).toEqual(await same);
  });

  it("starts from the parameters of an exported model and trains new heads on its frozen encoder", async () => {
    const spec = tinyTransformer();
    const onnx = await withProgram(spec, async (program) => {
      await program.step(batchOf(spec), 1e-2);
      return program.exportOnnx({});
    });
    const given = readParameters(onnx);
    const encoder = new Map([...given].filter(([name]) => inEncoder(name)));
    const tuned = { ...spec, seed: 99, initial: encoder, freeze: inEncoder };
    const after = await withProgram(tuned, async (program) => {
      await program.step(batchOf(spec), 1e-2);
      return readParameters(program.exportOnnx({}));
    });
    for (const [name, { values }] of after)
      if (inEncoder(name)) expect(values).toEqual(given.get(name)!.values);
      else expect(values).not.toEqual(given.get(name)!.values);
  });

  it("refuses by name what does not fit", async () => {
    const spec = tinyTransformer();
    const values = new Float32Array(3);
    const initial = (name: string, shape: number[]) => new Map([[name, { shape, values }]]);
    await expect(createTrainingProgram({ ...spec, initial: initial("no.such", [3]) })).rejects.toThrow(
      /no parameter "no.such"/,
    );
    await expect(createTrainingProgram({ ...spec, initial: initial("class.bias", [1, 3]) })).rejects.toThrow(
      /"class.bias" is \[1, 3\], in this network \[3\]/,
    );
    await expect(
      createTrainingProgram({ ...spec, initial: initial("class.bias", [3]), freeze: inEncoder }),
    ).rejects.toThrow(/"encoder.input.weight" would stay at random values/);
    await expect(createTrainingProgram({ ...spec, freeze: () => true })).rejects.toThrow(/nothing is left/);
  });
});

describe("a recurrent network with every option", () => {
  const spec = () => tinyLstm({ accumulate: 2, averageDecay: 0.9, freeze: (name) => name === "return.bias" });
  const options: FitOptions = {
    train: waveSource(29),
    validation: waveSource(13),
    epochs: 3,
    seed: 5,
    schedule: constantRate(1e-2),
    patience: 5,
    weights: "average",
    fingerprint: "lstm-1",
  };

  it("is bit-identical when interrupted and resumed", async () => {
    const run = (more: Partial<FitOptions>) =>
      withProgram(spec(), async (program) => {
        const result = await fit(program, { ...options, ...more });
        return { result, onnx: program.exportOnnx({}), state: program.state() };
      });
    const whole = await run({});
    expect(whole.result.aborted).toBe(false);
    for (const stop of [2, 5]) {
      const controller = new AbortController();
      const saved: Uint8Array[] = [];
      let steps = 0;
      await run({
        signal: controller.signal,
        checkpoint: { everySteps: 100, save: async (bytes) => void saved.push(bytes) },
        onProgress: (p) => {
          if (p.validation === undefined && ++steps === stop) controller.abort();
        },
      });
      const resumed = await run({ resume: saved.at(-1)! });
      expect(resumed.result.history).toEqual(whole.result.history);
      expect(resumed.onnx).toEqual(whole.onnx);
      expect(resumed.state).toEqual(whole.state);
    }
  });

  it("keeps the best epoch's average: the program validates as the history says", async () => {
    await withProgram(spec(), async (program) => {
      const { history, bestEpoch } = await fit(program, options);
      const batch = emptyBatch(program.spec, 13);
      options.validation.gather(
        Int32Array.from({ length: 13 }, (_, i) => i),
        batch,
      );
      const { loss } = await program.evaluate(batch, 13);
      expect(loss).toBeCloseTo(history[bestEpoch! - 1]!.validation.loss!, 5);
    });
  });

  it("exports with ONNX's LSTM: fewer nodes, the same numbers within 1e-5 for any number of rows", async () => {
    await withProgram(tinyLstm(), async (program) => {
      for (let i = 0; i < 5; i++) await program.step(batchOf(program.spec), 1e-2);
      const [plain, fused] = [program.exportOnnx({}, { fused: false }), program.exportOnnx({})];
      expect(fused.length).toBeLessThan(plain.length / 2);
      expect([...readParameters(fused)]).toEqual([...readParameters(plain)]);
      const predictors = [
        await loadPredictor(plain, { threads: 1 }),
        await loadPredictor(fused, { threads: 1 }),
      ];
      const { x } = batchOf(program.spec);
      for (const n of [1, 8]) {
        const own = await program.predict(x, n);
        for (const p of predictors)
          for (const [name, values] of Object.entries(await p.predict(x, n)))
            expect(largest(values, own[name]!)).toBeLessThan(1e-5);
      }
      for (const p of predictors) await p.close();
    });
  });
});

describe("extra outputs", () => {
  it("gives attention weights on request, each row summing to 1, and nothing unasked", async () => {
    await withProgram(tinyTransformer(), async (program) => {
      const names = ["encoder.block0.attention.weights", "encoder.block1.attention.weights"];
      const { x } = batchOf(program.spec);
      for (const extras of ["all", [names[1]!]] as const) {
        const predictor = await loadPredictor(program.exportOnnx({}, { extras }), { threads: 1 });
        expect(predictor.outputs).toEqual(["logits", "value", ...(extras === "all" ? names : extras)]);
        const outputs = await predictor.predict(x, 3);
        const weights = outputs[names[1]!]!;
        expect(weights).toHaveLength(3 * 2 * TIME * TIME);
        for (let row = 0; row < weights.length; row += TIME)
          expect(weights.subarray(row, row + TIME).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        expect(largest(outputs.logits!, (await program.predict(x, 3)).logits!)).toBeLessThan(1e-5);
        await predictor.close();
      }
      expect(() => program.exportOnnx({}, { extras: ["no.such"] })).toThrow(
        /offers no "no.such"; it offers enc/,
      );
    });
  });
});
