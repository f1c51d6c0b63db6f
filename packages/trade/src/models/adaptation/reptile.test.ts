import {
  type BatchSource,
  createTrainingProgram,
  linear,
  meanSquaredError,
  type Network,
  reshape,
  sub,
  type TrainingProgram,
  type TrainingSpec,
  tanh,
} from "@orion/grad";
import { expect, test } from "vitest";
import { sha256 } from "../../core/hash.ts";
import { seededRandom } from "../../core/random.ts";
import { ReptileConfig, reptile } from "./reptile.ts";

/** y = network(x), squared error; x [B, 1, 1]. */
function specOf(network: Network, batch: number, seed = 1): TrainingSpec {
  return {
    network,
    input: { time: 1, features: 1 },
    targets: { y: { shape: [], dtype: "float32" } },
    loss: (g, outputs, targets) => ({
      loss: meanSquaredError(g, outputs.y!, targets.y!),
      metrics: {},
    }),
    optimizer: { learningRate: 0.01, weightDecay: 0 },
    clipNorm: 1e6,
    batch,
    seed,
    threads: 1,
  };
}

const points = (x: Float32Array, y: Float32Array): BatchSource => ({
  rows: x.length,
  gather(rows, into) {
    rows.forEach((row, b) => {
      into.x[b] = x[row]!;
      into.targets.y![b] = y[row]!;
    });
  },
});

test("the outer update of one weight, worked by hand", async () => {
  // y = w for any x. Targets far above w: the gradient is negative, and the first step of Adam moves w by the learning rate
  // whatever the gradient's size (m/√v = g/|g| once both are corrected). With an unchanging sign the second moves it by
  // nearly as much; here k = 1, so w̃ = w + 0.1 on the upper task and w - 0.1 on the lower one.
  const network: Network = (g, x) => {
    const w = g.parameter("w", [1], { init: { kind: "constant", value: 2 }, decay: false });
    return { y: sub(g, w, reshape(g, sub(g, x, x), ["rest"])) };
  };
  const program = await createTrainingProgram(specOf(network, 3));
  try {
    const upper = points(new Float32Array(2), new Float32Array(2).fill(1000));
    const lower = points(new Float32Array(2), new Float32Array(2).fill(-1000));
    const w = (): number => program.state().parameters[program.parameters[0]!.offset]!;
    const options = { innerSteps: 1, innerRate: 0.1, outerRate: 0.5, outerSteps: 4, seed: 1 };
    const said: number[] = [];
    await reptile(program, [upper], { ...options, onProgress: (p) => said.push(p.outerStep) });
    // ε = 0.5, 0.375, 0.25, 0.125 of 0.1: 2 + 0.1 * 1.25
    expect(w()).toBeCloseTo(2.125, 5);
    expect(said).toEqual([1, 2, 3, 4]);
    expect(program.state()).toMatchObject({ step: 0 });
    expect(Math.max(...program.state().m, ...program.state().v)).toBe(0);
    // both tasks once a round: two moves up and two down, each pair ε and ε - 0.125 apart
    await reptile(program, [upper, lower], { ...options, seed: 3 });
    expect([2.125 - 0.025, 2.125, 2.125 + 0.025].some((v) => Math.abs(w() - v) < 1e-5)).toBe(true);
  } finally {
    await program.close();
  }
});

test("it is told apart by the seed only, stops between steps, and refuses what holds nothing", async () => {
  const network: Network = (g, x) => ({
    y: reshape(g, linear(g, reshape(g, x, ["rest", 1]), "l", 1), ["rest"]),
  });
  const task = points(Float32Array.of(1, 2, 3), Float32Array.of(5, -1, 4));
  const other = points(Float32Array.of(1, 2), Float32Array.of(-3, 8));
  const options = { innerSteps: 3, innerRate: 0.1, outerRate: 1, outerSteps: 6 };
  const hashOf = async (seed: number): Promise<string> => {
    const program = await createTrainingProgram(specOf(network, 2));
    await reptile(program, [task, other], { ...options, seed });
    const hash = sha256(program.state().parameters);
    await program.close();
    return hash;
  };
  expect(await hashOf(4)).toBe(await hashOf(4));
  expect(await hashOf(5)).not.toBe(await hashOf(4));
  const program = await createTrainingProgram(specOf(network, 2));
  const stop = new AbortController();
  const stopped = reptile(program, [task], {
    ...options,
    seed: 1,
    signal: stop.signal,
    onProgress: ({ outerStep }) => outerStep === 2 && stop.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  expect(program.state().step).toBe(0);
  await expect(reptile(program, [], { ...options, seed: 1 })).rejects.toThrow(/no task/);
  await expect(
    reptile(program, [task, points(new Float32Array(), new Float32Array())], { ...options, seed: 1 }),
  ).rejects.toThrow(/task 1 has no rows/);
  await program.close();
  expect(ReptileConfig.parse({ kind: "reptile" })).toMatchObject({ innerSteps: 8, outerRate: 1 });
  expect(ReptileConfig.safeParse({ kind: "reptile", innerSteps: 0 }).success).toBe(false);
});

/** A sine of amplitude 0.1 … 5 and phase 0 … 2π at 50 places of [-5, 5]: section 5.1 of Finn et al. 2017, figure 1 of Reptile's. */
function sine(random: ReturnType<typeof seededRandom>): BatchSource {
  const amplitude = 0.1 + 4.9 * random.next();
  const phase = 2 * Math.PI * random.next();
  const x = Float32Array.from({ length: 50 }, (_, i) => -5 + (10 * i) / 49);
  return points(
    x,
    x.map((v) => amplitude * Math.sin(v + phase)),
  );
}

/** Mean loss on new sines, over all 50 places, after `steps` steps on 10 of them each. */
async function lossAfterFewSteps(program: TrainingProgram, steps: number): Promise<number> {
  const random = seededRandom(99);
  const { parameters, m, v } = program.state();
  const all = Int32Array.from({ length: 50 }, (_, i) => i);
  const batch = { x: new Float32Array(50), targets: { y: new Float32Array(50) } };
  let sum = 0;
  const tasks = 12;
  for (let t = 0; t < tasks; t++) {
    program.restore({ step: 0, parameters, m: m.map(() => 0), v: v.map(() => 0) });
    const task = sine(random);
    const few = random.shuffle(all.slice()).subarray(0, 10);
    for (let s = 0; s < steps; s++) {
      task.gather(few, batch);
      await program.step(batch, 0.01);
    }
    task.gather(all, batch);
    sum += (await program.evaluate(batch, 50)).loss;
  }
  program.restore({ step: 0, parameters, m, v });
  return sum / tasks;
}

test("sines, the paper's own check: after Reptile few steps teach a new one, not so from random or jointly trained weights", async () => {
  const network: Network = (g, x) => {
    const h1 = tanh(g, linear(g, reshape(g, x, ["rest", 1]), "h1", 64));
    const h2 = tanh(g, linear(g, h1, "h2", 64));
    return { y: reshape(g, linear(g, h2, "out", 1), ["rest"]) };
  };
  const random = seededRandom(7);
  const tasks = Array.from({ length: 200 }, () => sine(random));
  const losses: Record<string, number> = {};
  for (const [name, innerSteps, outerSteps] of [
    ["random", 0, 0],
    // one inner step is a step of joint training, on a batch of one task at a time
    ["joint", 1, 2500],
    ["reptile", 16, 400],
  ] as const) {
    const program = await createTrainingProgram(specOf(network, 10));
    if (innerSteps > 0)
      await reptile(program, tasks, { innerSteps, innerRate: 0.01, outerRate: 1, outerSteps, seed: 2 });
    losses[name] = await lossAfterFewSteps(program, 8);
    await program.close();
  }

  expect(losses.reptile!).toBeLessThan(0.5 * losses.random!);
  expect(losses.reptile!).toBeLessThan(0.5 * losses.joint!);
});
