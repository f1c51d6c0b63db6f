import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadPredictor } from "../runtime/predictor.ts";
import { emptyBatch } from "./batchSource.ts";
import { createTrainingProgram } from "./createTrainingProgram.ts";
import { FEATURES, TIME, tinyTransformer, waveSource } from "./tinyTransformer.ts";
import type { TrainingProgram } from "./trainingProgram.ts";

const spec = tinyTransformer();
const rows = (n: number) => Int32Array.from({ length: n }, (_, i) => i * 3);
function batchOf(n: number) {
  const batch = emptyBatch(spec, n);
  waveSource(100).gather(rows(n), batch);
  return batch;
}

describe("a training program", () => {
  let program: TrainingProgram;
  beforeAll(async () => {
    program = await createTrainingProgram(spec);
  });
  afterAll(() => program.close());

  it("counts its parameters and operations", () => {
    // Input 5·16+16; a block: norms 4·16, query 16·16+16, key and value 2·16·16, output 16·16+16, inner 16·32+32,
    // outer 32·16+16; final norm 2·16; heads 32·3+3 and 32+1.
    const block = 64 + 272 + 512 + 272 + 544 + 528;
    expect(program.parameterCount).toBe(96 + 2 * block + 32 + 99 + 33);
    // 2·m·n·k: input 11·16·5; a block: 4 projections 11·16·16, scores and values 2·11·11·16, feed-forward
    // 2·11·16·32, and the shift of the norms through query and inner 16·16 + 16·32; heads 32·4.
    const flops = 2 * (880 + 2 * (4 * 2816 + 2 * 1936 + 2 * 5632 + 768) + 128);
    expect(program.flopsPerWindow).toBe(flops);
  });

  it("takes steps that lower the loss, and repeats them bit for bit from the same state", async () => {
    const batch = batchOf(8);
    const before = program.state();
    const losses: number[] = [];
    for (let i = 0; i < 30; i++) losses.push((await program.step(batch, 3e-3)).loss);
    expect(losses[29]).toBeLessThan(losses[0]! * 0.7);
    const after = program.state();
    expect(after.step).toBe(before.step + 30);
    program.restore(before);
    const again: number[] = [];
    for (let i = 0; i < 30; i++) again.push((await program.step(batch, 3e-3)).loss);
    expect(again).toEqual(losses);
    expect(program.state()).toEqual(after);
  });

  it("evaluates any number of rows as the mean of single rows", async () => {
    const batch = batchOf(5);
    const whole = await program.evaluate(batch, 5);
    let sum = 0;
    for (let i = 0; i < 5; i++) {
      const one = {
        x: batch.x.subarray(i * TIME * FEATURES, (i + 1) * TIME * FEATURES),
        targets: Object.fromEntries(Object.entries(batch.targets).map(([k, v]) => [k, v.subarray(i, i + 1)])),
      };
      sum += (await program.evaluate(one, 1)).loss;
    }
    expect(whole.loss).toBeCloseTo(sum / 5, 5);
    expect((await program.evaluate(batch, 5)).loss).toBe(whole.loss);
  });

  it("exports what it predicts, deterministically, with metadata", async () => {
    const { x } = batchOf(7);
    const bytes = program.exportOnnx({ recipe: "tiny", ü: "ä" });
    expect(program.exportOnnx({ ü: "ä", recipe: "tiny" })).toEqual(bytes);
    const predictor = await loadPredictor(bytes, { threads: 1 });
    expect(predictor.metadata).toEqual({ recipe: "tiny", ü: "ä" });
    expect(predictor.inputShape).toEqual({ time: TIME, features: FEATURES });
    for (const n of [1, 7]) {
      const [own, exported] = [await program.predict(x, n), await predictor.predict(x, n)];
      expect(Object.keys(exported)).toEqual(["logits", "value"]);
      expect(exported.logits).toHaveLength(3 * n);
      for (const name of predictor.outputs)
        for (const [i, value] of exported[name]!.entries())
          expect(Math.abs(value - own[name]![i]!)).toBeLessThan(1e-5);
    }
    // More rows than one run takes: the same rows give the same numbers.
    const many = new Float32Array(300 * TIME * FEATURES);
    for (let i = 0; i < 300; i++) many.set(x.subarray(0, TIME * FEATURES), i * TIME * FEATURES);
    const { value } = await predictor.predict(many, 300);
    expect(value).toHaveLength(300);
    expect(value!.every((v) => Math.abs(v - value![0]!) < 1e-6)).toBe(true);
    await predictor.close();
  });

  it("refuses a step that is not finite, names the place and keeps the last good state", async () => {
    const batch = batchOf(8);
    const before = program.state();
    batch.x[7] = Number.NaN;
    await expect(program.step(batch, 1e-3)).rejects.toThrow(
      /refused: loss NaN.*gradient of "encoder.input.weight"/,
    );
    expect(program.state()).toEqual(before);
    const broken = program.state();
    const slot = program.parameters.find((p) => p.name === "class.bias")!;
    broken.parameters[slot.offset] = Number.POSITIVE_INFINITY;
    program.restore(broken);
    await expect(program.step(batchOf(8), 1e-3)).rejects.toThrow(/parameter "class.bias" is not finite/);
    program.restore(before);
    expect((await program.step(batchOf(8), 1e-3)).loss).toBeGreaterThan(0);
  });

  it("refuses wrong batches and options in one line", async () => {
    await expect(program.step({ x: new Float32Array(3), targets: {} }, 1)).rejects.toThrow(
      /x has 3 numbers where 440/,
    );
    await expect(program.step({ ...batchOf(8), targets: {} }, 1)).rejects.toThrow(/no target "label"/);
    await expect(program.step(batchOf(8), Number.NaN)).rejects.toThrow(/learning rate/);
    await expect(program.predict(new Float32Array(3), 0)).rejects.toThrow(/0 rows/);
    const shared = { ...batchOf(8), x: new Float32Array(new SharedArrayBuffer(440 * 4)) };
    await expect(program.step(shared, 1)).rejects.toThrow(/shared memory/);
    const clash = createTrainingProgram({ ...spec, network: (_g, x) => ({ x }) });
    await expect(clash).rejects.toThrow(/cannot be named "x"/);
    await expect(createTrainingProgram({ ...spec, batch: 0 })).rejects.toThrow(/batch/);
    expect(() => program.restore({ ...program.state(), m: new Float32Array(1) })).toThrow(/m has 1 numbers/);
  });
});

describe("a first state", () => {
  it("does not shift when a layer is added, and depends on the seed", async () => {
    const plain = await createTrainingProgram(spec);
    const wider = await createTrainingProgram({
      ...spec,
      network: (g, x) => {
        g.parameter("extra", [3], { init: { kind: "zeros" }, decay: false });
        return spec.network(g, x);
      },
      loss: (g, outputs, targets) => spec.loss(g, outputs, targets),
    }).catch((e: Error) => e);
    expect(String(wider)).toMatch(/does not depend on parameter "extra"/);
    const other = await createTrainingProgram(tinyTransformer({ seed: 4 }));
    const deeper = await createTrainingProgram({ ...spec, batch: 4 });
    expect(deeper.state().parameters).toEqual(plain.state().parameters);
    expect(other.state().parameters).not.toEqual(plain.state().parameters);
    await Promise.all([plain.close(), other.close(), deeper.close()]);
  });
});
