import { encodeGraph } from "../encode/encodeGraph.ts";
import { GradUsageError } from "../errors.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { adamWScalars } from "../optimizers/adamW.ts";
import { firstNumbers, predictRows } from "../runtime/predictRows.ts";
import { openSession, type Session, toValue, type Value } from "../runtime/session.ts";
import { batchFeeds } from "./batchFeeds.ts";
import {
  BLEND,
  buildForward,
  buildObjective,
  buildTrainingGraph,
  buildUpdate,
  SCALARS,
  sumName,
  type TrainingGraph,
  updateOutputs,
} from "./buildTrainingGraph.ts";
import { checkSpec } from "./checkSpec.ts";
import { DropoutPool } from "./dropoutPool.ts";
import { type ExportOptions, exportForward } from "./exportForward.ts";
import { matrixFlops } from "./flops.ts";
import { notFinite } from "./notFinite.ts";
import type { ParameterLayout, ParameterSlot } from "./parameterLayout.ts";
import { startParameters } from "./startParameters.ts";
import { makeSet, type StateSet } from "./stateSet.ts";
import type {
  EvaluationResult,
  StepResult,
  TrainingProgram,
  TrainingState,
  Weights,
} from "./trainingProgram.ts";
import type { Batch, TrainingSpec } from "./trainingSpec.ts";

/** Arrays into which the gradients of a batch's parts are summed, two sets in turn. */
interface Accumulation {
  session: Session;
  sums: [Sums, Sums];
}
type Sums = Record<string, { data: Float32Array; value: Value }>;

class Program implements TrainingProgram {
  readonly spec: TrainingSpec;
  readonly parameterCount: number;
  readonly trainedCount: number;
  readonly flopsPerStep: number;
  readonly flopsPerWindow: number;
  readonly #parts: number;
  readonly #graph: TrainingGraph;
  readonly #layout: ParameterLayout;
  readonly #session: Session;
  readonly #pools: readonly { pool: DropoutPool; name: string; dims: readonly number[]; size: number }[];
  readonly #scalars = new Float32Array(SCALARS.length + 1);
  readonly #results: Record<string, { data: Float32Array; value: Value }> = {};
  readonly #accumulation: Accumulation | undefined;
  #current: StateSet;
  #other: StateSet;
  #step = 0;
  #engineMs = 0;
  #evaluation: Promise<Session> | undefined;
  #prediction: Promise<Session> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(spec: TrainingSpec, graph: TrainingGraph, session: Session, update: Session | undefined) {
    this.spec = spec;
    this.#graph = graph;
    this.#session = session;
    this.#layout = graph.layout;
    this.parameterCount = this.#layout.count;
    this.trainedCount = this.#layout.trained;
    this.#parts = spec.accumulate ?? 1;
    this.flopsPerStep = 3 * graph.forwardFlops * this.#parts;
    this.flopsPerWindow = matrixFlops(buildForward(spec, { rows: -1, training: false }).graph);
    this.#current = makeSet(this.#layout, spec.averageDecay !== undefined);
    this.#other = makeSet(this.#layout, spec.averageDecay !== undefined);
    startParameters(this.#current.parameters, graph.graph.parameters, this.#layout, spec);
    this.#other.parameters.set(this.#current.parameters);
    for (const set of [this.#current, this.#other]) set.average?.set(this.#current.parameters);
    this.#pools = this.#makePools();
    const result = (name: string, size: number, dims: readonly number[] = [size]) => {
      const data = new Float32Array(size);
      this.#results[name] = { data, value: toValue(data, dims) };
    };
    for (const name of ["loss", "norm", ...Object.keys(graph.metrics).map((m) => `metric/${m}`)])
      result(name, 1, []);
    const { groups } = this.#layout;
    result("squares", groups.length);
    const several = groups.find(({ members }) => members.length > 1);
    if (several && !update) result("gradient", several.size);
    const sums = (): Sums =>
      Object.fromEntries(
        groups.map(({ name, size, shape }) => {
          const data = new Float32Array(size);
          return [sumName(name), { data, value: toValue(data, shape) }];
        }),
      );
    if (update) this.#accumulation = { session: update, sums: [sums(), sums()] };
  }

  get parameters(): readonly ParameterSlot[] {
    return this.#layout.slots;
  }

  get engineMs(): number {
    return this.#engineMs;
  }

  #makePools() {
    const { dropouts } = this.#graph.graph;
    const pools = new Map<number, DropoutPool>();
    for (const rate of new Set(dropouts.map((d) => d.rate))) {
      const largest = Math.max(...dropouts.filter((d) => d.rate === rate).map((d) => sizeOf(d.tensor.shape)));
      pools.set(rate, new DropoutPool(rate, largest, this.spec.seed));
    }
    return dropouts.map(({ name, rate, tensor: { shape } }) => ({
      pool: pools.get(rate)!,
      name,
      dims: shape,
      size: sizeOf(shape),
    }));
  }

  /** Runs one after the other: two runs at once would share the buffers. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      if (this.#closed) throw new GradUsageError("the training program is closed");
      return work();
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  step(batch: Batch, learningRate: number): Promise<StepResult> {
    return this.#inTurn(async () => {
      if (!(learningRate >= 0) || !Number.isFinite(learningRate))
        throw new GradUsageError(`the learning rate has to be finite and not negative, not ${learningRate}`);
      firstNumbers("x", batch.x, this.spec.batch * this.spec.input.time * this.spec.input.features);
      const { loss, metrics } = this.#accumulation
        ? await this.#runParts(batch, learningRate, this.#accumulation)
        : await this.#runWhole(batch, learningRate);
      const gradientNorm = this.#results.norm!.data[0]!;
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
        const { squares, gradient } = this.#results;
        const found = {
          parameters: this.#current.parameters,
          squares: squares!.data,
          gradient: gradient?.data,
        };
        throw notFinite(this.#step + 1, { loss, gradientNorm }, found, this.#layout);
      }
      [this.#current, this.#other] = [this.#other, this.#current];
      this.#step++;
      return { loss, gradientNorm, metrics };
    });
  }

  async #runWhole(batch: Batch, learningRate: number): Promise<EvaluationResult> {
    const { weights, feeds: state } = this.#current;
    const feeds = { ...weights, ...state, ...batchFeeds(this.spec, batch, this.spec.batch) };
    await this.#compute(
      this.#session,
      { ...feeds, ...this.#scalarFeeds(learningRate), ...this.#maskFeeds(0) },
      { ...this.#other.fetches, ...this.#fetchResults(Object.keys(this.#results)) },
    );
    return { loss: this.#results.loss!.data[0]!, metrics: this.#metrics() };
  }

  /** A run of a step, timed. */
  async #compute(
    session: Session,
    feeds: Record<string, Value>,
    fetches: Record<string, Value>,
  ): Promise<void> {
    const start = performance.now();
    await session.run(feeds, fetches);
    this.#engineMs += performance.now() - start;
  }

  /** The parts of the batch one after the other, then the update from the sum of their gradients. */
  async #runParts(
    batch: Batch,
    learningRate: number,
    { session, sums }: Accumulation,
  ): Promise<EvaluationResult> {
    const rows = this.spec.batch / this.#parts;
    const names = Object.keys(this.#results).filter((n) => n === "loss" || n.startsWith("metric/"));
    let loss = 0;
    const metrics: Record<string, number> = {};
    for (const { data } of Object.values(sums[0])) data.fill(0);
    for (let part = 0; part < this.#parts; part++) {
      const [from, to] = part % 2 === 0 ? sums : [sums[1], sums[0]];
      await this.#compute(
        this.#session,
        {
          ...this.#current.weights,
          ...values(from),
          ...batchFeeds(this.spec, batch, rows, part * rows),
          ...this.#maskFeeds(part),
        },
        { ...prefixed("next/", values(to)), ...this.#fetchResults(names) },
      );
      loss += this.#results.loss!.data[0]! / this.#parts;
      for (const [name, value] of Object.entries(this.#metrics()))
        metrics[name] = (metrics[name] ?? 0) + value / this.#parts;
    }
    const total = sums[this.#parts % 2]!;
    await this.#compute(
      session,
      { ...values(total), ...this.#current.feeds, ...this.#scalarFeeds(learningRate) },
      { ...this.#other.fetches, ...this.#fetchResults(["norm", "squares"]) },
    );
    const several = this.#layout.groups.find(({ members }) => members.length > 1);
    if (several) this.#results.gradient = total[sumName(several.name)]!;
    return { loss, metrics };
  }

  #scalarFeeds(learningRate: number): Record<string, Value> {
    const scalars = adamWScalars(this.#step + 1, learningRate, this.spec.optimizer);
    const feeds: Record<string, Value> = {};
    const feed = (name: string, i: number, value: number) => {
      this.#scalars[i] = value;
      feeds[name] = toValue(this.#scalars.subarray(i, i + 1), []);
    };
    SCALARS.forEach((name, i) => {
      feed(name, i, scalars[name]);
    });
    const { averageDecay } = this.spec;
    const t = this.#step + 1;
    if (averageDecay !== undefined)
      feed(BLEND, SCALARS.length, 1 - Math.min(averageDecay, (1 + t) / (10 + t)));
    return feeds;
  }

  #maskFeeds(part: number): Record<string, Value> {
    const sites = this.#pools.length;
    return Object.fromEntries(
      this.#pools.map(({ pool, name, dims, size }, site) => [
        name,
        toValue(pool.mask(this.#step, part * sites + site, size), dims),
      ]),
    );
  }

  #fetchResults(names: readonly string[]): Record<string, Value> {
    return Object.fromEntries(names.map((name) => [name, this.#results[name]!.value]));
  }

  #metrics(): Record<string, number> {
    return Object.fromEntries(
      Object.keys(this.#graph.metrics).map((name) => [name, this.#results[`metric/${name}`]!.data[0]!]),
    );
  }

  evaluate(batch: Batch, rows: number, weights: Weights = "last"): Promise<EvaluationResult> {
    return this.#inTurn(async () => {
      if (!Number.isInteger(rows) || rows < 1) throw new GradUsageError(`evaluate: ${rows} rows`);
      this.#evaluation ??= this.#openEvaluation();
      const session = await this.#evaluation;
      const feeds = { ...this.#weights(weights, session), ...batchFeeds(this.spec, batch, rows) };
      const names = Object.keys(this.#results).filter((n) => n === "loss" || n.startsWith("metric/"));
      await session.run(feeds, this.#fetchResults(names));
      return { loss: this.#results.loss!.data[0]!, metrics: this.#metrics() };
    });
  }

  /** The weights that a session wants: those of the loss are no input of the network alone. */
  #weights(weights: Weights, session: Session): Record<string, Value> {
    const { average, averages, weights: last } = this.#current;
    if (weights === "average" && !average)
      throw new GradUsageError('there is no average of the weights: set "averageDecay" in the spec');
    const from = weights === "average" ? averages : last;
    return Object.fromEntries(
      session.inputs.flatMap(({ name }) => (from[name] ? [[name, from[name]] as const] : [])),
    );
  }

  async #openEvaluation(): Promise<Session> {
    const { graph, loss, metrics } = buildObjective(this.spec, { rows: -1, training: false, fused: true });
    const outputs = { loss, ...prefixed("metric/", metrics) };
    return openSession(encodeGraph(graph, { outputs }).bytes, sessionOptions(this.spec));
  }

  predict(x: Float32Array, rows: number, weights: Weights = "last"): Promise<Record<string, Float32Array>> {
    return this.#inTurn(async () => {
      this.#prediction ??= this.#openPrediction();
      const session = await this.#prediction;
      return predictRows(session, x, rows, this.spec.input, this.#weights(weights, session));
    });
  }

  async #openPrediction(): Promise<Session> {
    const { graph, outputs } = buildForward(this.spec, { rows: -1, training: false, fused: true });
    return openSession(encodeGraph(graph, { outputs }).bytes, sessionOptions(this.spec));
  }

  state(): TrainingState {
    const { parameters, m, v, average } = this.#current;
    return {
      step: this.#step,
      parameters: parameters.slice(),
      m: m.slice(),
      v: v.slice(),
      ...(average ? { average: average.slice() } : {}),
    };
  }

  restore(state: TrainingState): void {
    const parts = ["parameters", "m", "v", ...(this.#current.average ? (["average"] as const) : [])] as const;
    for (const part of parts) {
      const length = state[part]?.length ?? 0;
      if (length !== this.#layout.length)
        throw new GradUsageError(
          `restore: ${part} has ${length} numbers, this network ${this.#layout.length}`,
        );
    }
    for (const part of parts) this.#current[part]!.set(state[part]!);
    // Frozen parameters are written by no step: both sets have to hold them.
    this.#other.parameters.set(state.parameters);
    this.#other.average?.set(state.average!);
    this.#step = state.step;
  }

  exportOnnx(
    metadata: Record<string, string>,
    { weights = "last", ...options }: ExportOptions & { weights?: Weights } = {},
  ): Uint8Array {
    const { parameters, average } = this.#current;
    const from = weights === "average" ? average : parameters;
    if (!from) throw new GradUsageError('there is no average of the weights: set "averageDecay" in the spec');
    const values = new Map(
      this.#layout.slots.map(({ name, offset, size }) => [name, from.subarray(offset, offset + size)]),
    );
    return exportForward(this.spec, values, metadata, options);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#queue;
    this.#closed = true;
    const opened = [this.#session, this.#accumulation?.session, this.#evaluation, this.#prediction];
    for (const session of await Promise.all(opened)) await session?.close();
  }
}

const values = (sums: Sums): Record<string, Value> =>
  Object.fromEntries(Object.entries(sums).map(([name, { value }]) => [name, value]));

const prefixed = <T>(prefix: string, record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));

const sessionOptions = ({ threads, device }: TrainingSpec) => ({
  ...(threads === undefined ? {} : { threads }),
  ...(device === undefined ? {} : { device }),
});

/** Differentiates, encodes and loads the network with its loss and optimizer. */
export async function createTrainingProgram(spec: TrainingSpec): Promise<TrainingProgram> {
  checkSpec(spec);
  const training = buildTrainingGraph(spec);
  const { graph, loss, metrics, gradients, layout, update } = training;
  const outputs: Record<string, Tensor> = { loss, ...prefixed("metric/", metrics) };
  if (update) Object.assign(outputs, updateOutputs(update, layout));
  layout.groups.forEach(({ name, members }, i) => {
    if (!update) outputs[`next/${sumName(name)}`] = gradients[i]!;
    else if (members.length > 1) outputs.gradient = gradients[i]!;
  });
  const { bytes } = encodeGraph(graph, { outputs });
  const options = spec.profilePrefix === undefined ? {} : { profilePrefix: spec.profilePrefix };
  const session = await openSession(bytes, { ...sessionOptions(spec), ...options });
  if (update) return new Program(spec, training, session, undefined);
  const own = buildUpdate(layout, spec);
  const encoded = encodeGraph(own.graph, { outputs: updateOutputs(own, layout) });
  return new Program(spec, training, session, await openSession(encoded.bytes, sessionOptions(spec)));
}
