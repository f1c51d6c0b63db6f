import { encodeGraph } from "../encode/encodeGraph.ts";
import { GradDataError, GradUsageError } from "../errors.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { adamWScalars } from "../optimizers/adamW.ts";
import { firstNumbers, predictRows } from "../runtime/predictRows.ts";
import { openSession, type Session, toValue, type Value } from "../runtime/session.ts";
import {
  buildForward,
  buildObjective,
  buildTrainingGraph,
  SCALARS,
  type TrainingGraph,
  targetName,
} from "./buildTrainingGraph.ts";
import { DropoutPool } from "./dropoutPool.ts";
import { matrixFlops } from "./flops.ts";
import type { ParameterLayout, ParameterSlot } from "./parameterLayout.ts";
import { initialize } from "./seeded.ts";
import type { Batch, TrainingSpec } from "./trainingSpec.ts";

/** Everything that a step changes. Copies: later steps do not touch it. */
export interface TrainingState {
  /** Steps taken. */
  step: number;
  /** Flat, in the order and at the offsets of `layOutParameters`. */
  parameters: Float32Array;
  /** AdamW's running sums, see `adamW`. */
  m: Float32Array;
  v: Float32Array;
}
export interface StepResult {
  loss: number;
  /** Global norm of the gradient before clipping. */
  gradientNorm: number;
  metrics: Record<string, number>;
}
export interface EvaluationResult {
  loss: number;
  metrics: Record<string, number>;
}

export interface TrainingProgram {
  readonly spec: TrainingSpec;
  /** Numbers that are trained. */
  readonly parameterCount: number;
  /** The trained tensors: name, shape and place in the flat buffers. */
  readonly parameters: readonly ParameterSlot[];
  /** Matrix products only, 2·m·n·k each in the forward pass, times 3 for forward and backward. */
  readonly flopsPerStep: number;
  /** Matrix products of the forward pass of one row. */
  readonly flopsPerWindow: number;
  /** One step of AdamW. A loss or gradient that is not finite is refused: the state stays as it was. */
  step(batch: Batch, learningRate: number): Promise<StepResult>;
  /** Loss and metrics without dropout, means over the first `rows` rows of the batch, any number of them. */
  evaluate(batch: Batch, rows: number): Promise<EvaluationResult>;
  /** The network's outputs without dropout, each [rows, ...], row-major. */
  predict(x: Float32Array, rows: number): Promise<Record<string, Float32Array>>;
  state(): TrainingState;
  restore(state: TrainingState): void;
  /** The forward graph with its weights as one ONNX file; any number of rows. Equal states give equal bytes. */
  exportOnnx(metadata: Record<string, string>): Uint8Array;
  close(): Promise<void>;
}

interface StateSet {
  parameters: Float32Array;
  m: Float32Array;
  v: Float32Array;
  feeds: Record<string, Value>;
  fetches: Record<string, Value>;
}

function makeSet({ length, slots, groups }: ParameterLayout): StateSet {
  const set: StateSet = {
    parameters: new Float32Array(length),
    m: new Float32Array(length),
    v: new Float32Array(length),
    feeds: {},
    fetches: {},
  };
  const view = (flat: Float32Array, { shape, offset, size }: ParameterSlot) =>
    toValue(flat.subarray(offset, offset + size), shape);
  for (const slot of slots) set.feeds[slot.name] = view(set.parameters, slot);
  for (const group of groups) {
    const [p, m, v] = [view(set.parameters, group), view(set.m, group), view(set.v, group)];
    const { name } = group;
    Object.assign(set.feeds, { [`p/${name}`]: p, [`m/${name}`]: m, [`v/${name}`]: v });
    Object.assign(set.fetches, { [`next/${name}`]: p, [`next/m/${name}`]: m, [`next/v/${name}`]: v });
  }
  return set;
}

function checkSpec(spec: TrainingSpec): void {
  const positive = (name: string, value: number, whole = false) => {
    if (!(value > 0) || !Number.isFinite(value) || (whole && !Number.isInteger(value)))
      throw new GradUsageError(`${name} has to be a positive ${whole ? "whole " : ""}number, not ${value}`);
  };
  positive("batch", spec.batch, true);
  positive("input.time", spec.input.time, true);
  positive("input.features", spec.input.features, true);
  positive("clipNorm", spec.clipNorm);
  positive("optimizer.learningRate", spec.optimizer.learningRate);
  if (spec.threads !== undefined) positive("threads", spec.threads, true);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay } = spec.optimizer;
  for (const [name, beta] of [
    ["beta1", beta1],
    ["beta2", beta2],
  ] as const)
    if (!(beta >= 0 && beta < 1))
      throw new GradUsageError(`optimizer.${name} has to lie in [0, 1), not ${beta}`);
  if (!(epsilon > 0) || !(weightDecay >= 0))
    throw new GradUsageError("optimizer: epsilon > 0 and weightDecay >= 0");
  if (!Number.isSafeInteger(spec.seed))
    throw new GradUsageError(`seed has to be a whole number, not ${spec.seed}`);
}

class Program implements TrainingProgram {
  readonly spec: TrainingSpec;
  readonly parameterCount: number;
  readonly flopsPerStep: number;
  readonly flopsPerWindow: number;
  readonly #graph: TrainingGraph;
  readonly #layout: ParameterLayout;
  readonly #session: Session;
  readonly #pools: readonly { pool: DropoutPool; name: string; dims: readonly number[]; size: number }[];
  readonly #scalars = new Float32Array(SCALARS.length);
  readonly #results: Record<string, { data: Float32Array; value: Value }> = {};
  #current: StateSet;
  #other: StateSet;
  #step = 0;
  #evaluation: Promise<Session> | undefined;
  #prediction: Promise<Session> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(spec: TrainingSpec, graph: TrainingGraph, session: Session) {
    this.spec = spec;
    this.#graph = graph;
    this.#session = session;
    this.#layout = graph.layout;
    this.parameterCount = this.#layout.count;
    this.flopsPerStep = 3 * graph.forwardFlops;
    this.flopsPerWindow = matrixFlops(buildForward(spec, { rows: -1, training: false }).graph);
    this.#current = makeSet(this.#layout);
    this.#other = makeSet(this.#layout);
    this.#layout.slots.forEach(({ name, offset, size }, i) => {
      const { init } = graph.graph.parameters[i]!;
      initialize(this.#current.parameters.subarray(offset, offset + size), name, init, spec.seed);
    });
    this.#pools = this.#makePools();
    for (const name of ["loss", "norm", ...Object.keys(graph.metrics).map((m) => `metric/${m}`)]) {
      const data = new Float32Array(1);
      this.#results[name] = { data, value: toValue(data, []) };
    }
    const { groups } = this.#layout;
    const several = groups.find(({ members }) => members.length > 1);
    for (const [name, size] of [
      ["squares", groups.length],
      ["gradient", several?.size ?? 0],
    ] as const) {
      const data = new Float32Array(size);
      if (size > 0) this.#results[name] = { data, value: toValue(data, [size]) };
    }
  }

  get parameters(): readonly ParameterSlot[] {
    return this.#layout.slots;
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

  #batchFeeds(batch: Batch, rows: number): Record<string, Value> {
    const { time, features } = this.spec.input;
    const feeds: Record<string, Value> = {
      x: toValue(firstNumbers("x", batch.x, rows * time * features), [rows, time, features]),
    };
    for (const [name, { shape, dtype }] of Object.entries(this.spec.targets)) {
      const data = batch.targets[name];
      if (!data) throw new GradUsageError(`the batch has no target "${name}"`);
      if (data instanceof Float32Array !== (dtype === "float32"))
        throw new GradUsageError(
          `target "${name}" has to be ${dtype === "float32" ? "a Float32Array" : "an Int32Array"}`,
        );
      feeds[targetName(name)] = toValue(firstNumbers(`target "${name}"`, data, rows * sizeOf(shape)), [
        rows,
        ...shape,
      ]);
    }
    return feeds;
  }

  step(batch: Batch, learningRate: number): Promise<StepResult> {
    return this.#inTurn(async () => {
      if (!(learningRate >= 0) || !Number.isFinite(learningRate))
        throw new GradUsageError(`the learning rate has to be finite and not negative, not ${learningRate}`);
      const scalars = adamWScalars(this.#step + 1, learningRate, this.spec.optimizer);
      const feeds = { ...this.#current.feeds, ...this.#batchFeeds(batch, this.spec.batch) };
      SCALARS.forEach((name, i) => {
        this.#scalars[i] = scalars[name];
        feeds[name] = toValue(this.#scalars.subarray(i, i + 1), []);
      });
      this.#pools.forEach(({ pool, name, dims, size }, site) => {
        feeds[name] = toValue(pool.mask(this.#step, site, size), dims);
      });
      const fetches: Record<string, Value> = { ...this.#other.fetches };
      for (const [name, { value }] of Object.entries(this.#results)) fetches[name] = value;
      await this.#session.run(feeds, fetches);
      const loss = this.#results.loss!.data[0]!;
      const gradientNorm = this.#results.norm!.data[0]!;
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) throw this.#notFinite(loss, gradientNorm);
      [this.#current, this.#other] = [this.#other, this.#current];
      this.#step++;
      return { loss, gradientNorm, metrics: this.#metrics() };
    });
  }

  #metrics(): Record<string, number> {
    return Object.fromEntries(
      Object.keys(this.#graph.metrics).map((name) => [name, this.#results[`metric/${name}`]!.data[0]!]),
    );
  }

  #notFinite(loss: number, norm: number): GradDataError {
    const { parameters } = this.#current;
    const squares = this.#results.squares!.data;
    const { groups, slots } = this.#layout;
    const group = groups.find((_, i) => !Number.isFinite(squares[i]!));
    const members = (group?.members ?? []).map((i) => slots[i]!);
    // A vector of many parameters: its gradient says which of them it is.
    const gradient = members.find(
      ({ offset, size }) =>
        members.length === 1 ||
        this.#results
          .gradient!.data.subarray(offset - group!.offset, offset - group!.offset + size)
          .some((d) => !Number.isFinite(d)),
    );
    const weight = slots.find(({ offset, size }) =>
      parameters.subarray(offset, offset + size).some((p) => !Number.isFinite(p)),
    );
    const where = weight
      ? `parameter "${weight.name}" is not finite`
      : gradient
        ? `the gradient of "${gradient.name}" is not finite`
        : "every gradient is finite";
    return new GradDataError(
      `step ${this.#step + 1} is refused: loss ${loss}, gradient norm ${norm}; ${where}. ` +
        "Check the inputs for NaN or lower the learning rate",
    );
  }

  evaluate(batch: Batch, rows: number): Promise<EvaluationResult> {
    return this.#inTurn(async () => {
      if (!Number.isInteger(rows) || rows < 1) throw new GradUsageError(`evaluate: ${rows} rows`);
      this.#evaluation ??= this.#openEvaluation();
      const session = await this.#evaluation;
      const feeds = { ...this.#parameterFeeds(), ...this.#batchFeeds(batch, rows) };
      const names = Object.keys(this.#results).filter((n) => n === "loss" || n.startsWith("metric/"));
      await session.run(feeds, Object.fromEntries(names.map((n) => [n, this.#results[n]!.value])));
      return { loss: this.#results.loss!.data[0]!, metrics: this.#metrics() };
    });
  }

  #parameterFeeds(): Record<string, Value> {
    return Object.fromEntries(this.#layout.slots.map(({ name }) => [name, this.#current.feeds[name]!]));
  }

  async #openEvaluation(): Promise<Session> {
    const { graph, loss, metrics } = buildObjective(this.spec, { rows: -1, training: false });
    const outputs = { loss, ...prefixed("metric/", metrics) };
    return openSession(encodeGraph(graph, { outputs }).bytes, sessionOptions(this.spec));
  }

  predict(x: Float32Array, rows: number): Promise<Record<string, Float32Array>> {
    return this.#inTurn(async () => {
      this.#prediction ??= this.#openPrediction();
      const session = await this.#prediction;
      return predictRows(session, x, rows, this.spec.input, this.#parameterFeeds());
    });
  }

  async #openPrediction(): Promise<Session> {
    const { graph, outputs } = buildForward(this.spec, { rows: -1, training: false });
    return openSession(encodeGraph(graph, { outputs }).bytes, sessionOptions(this.spec));
  }

  state(): TrainingState {
    const { parameters, m, v } = this.#current;
    return { step: this.#step, parameters: parameters.slice(), m: m.slice(), v: v.slice() };
  }

  restore(state: TrainingState): void {
    for (const part of ["parameters", "m", "v"] as const) {
      if (state[part].length !== this.#layout.length)
        throw new GradUsageError(
          `restore: ${part} has ${state[part].length} numbers, this network ${this.#layout.length}`,
        );
    }
    for (const part of ["parameters", "m", "v"] as const) this.#current[part].set(state[part]);
    this.#step = state.step;
  }

  exportOnnx(metadata: Record<string, string>): Uint8Array {
    const { graph, outputs } = buildForward(this.spec, { rows: -1, training: false });
    const { parameters } = this.#current;
    const weights = new Map(
      this.#layout.slots.map(({ name, offset, size }) => [name, parameters.subarray(offset, offset + size)]),
    );
    return encodeGraph(graph, { outputs, parameters: weights, metadata }).bytes;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#queue;
    this.#closed = true;
    const opened = await Promise.all([this.#session, this.#evaluation, this.#prediction]);
    for (const session of opened) await session?.close();
  }
}

const prefixed = <T>(prefix: string, record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));

const sessionOptions = ({ threads }: TrainingSpec) => (threads === undefined ? {} : { threads });

/** Differentiates, encodes and loads the network with its loss and optimizer. */
export async function createTrainingProgram(spec: TrainingSpec): Promise<TrainingProgram> {
  checkSpec(spec);
  const training = buildTrainingGraph(spec);
  const { graph, loss, metrics, norm, squares, gradients, next, layout } = training;
  const outputs: Record<string, Tensor> = { loss, norm, squares, ...prefixed("metric/", metrics) };
  layout.groups.forEach(({ name, members }, i) => {
    const { parameter, m, v } = next[i]!;
    Object.assign(outputs, { [`next/${name}`]: parameter, [`next/m/${name}`]: m, [`next/v/${name}`]: v });
    if (members.length > 1) outputs.gradient = gradients[i]!;
  });
  const { bytes } = encodeGraph(graph, { outputs });
  const options = spec.profilePrefix === undefined ? {} : { profilePrefix: spec.profilePrefix };
  const session = await openSession(bytes, { ...sessionOptions(spec), ...options });
  return new Program(spec, training, session);
}
