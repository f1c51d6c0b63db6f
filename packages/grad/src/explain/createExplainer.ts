import { encodeGraph } from "../encode/encodeGraph.ts";
import { GradUsageError } from "../errors.ts";
import { differentiate } from "../graph/differentiate.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape, sameShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { reduceSum } from "../ops/reduction.ts";
import { firstNumbers, predictRows } from "../runtime/predictRows.ts";
import { openSession, type Session, toValue } from "../runtime/session.ts";
import { buildForward } from "../training/buildTrainingGraph.ts";
import type { Network } from "../training/trainingSpec.ts";
import { matchParameters } from "./matchParameters.ts";
import type { NamedParameters } from "./readParameters.ts";

export interface ExplainerOptions {
  /** The function that the weights were trained with. Its rows have to be independent of each other. */
  network: Network;
  input: { time: number; features: number };
  /** All parameters of the network and no others, as `readParameters` gives them. */
  parameters: NamedParameters;
  /** What is explained: a scalar a row [B], from the network's outputs. */
  output(g: GraphBuilder, outputs: Record<string, Tensor>): Tensor;
  /** Threads of the matrix products; all cores when not said. */
  threads?: number;
}

/** One output of a trained network as a function of its input, with its derivative. Dropout is off. */
export interface Explainer {
  readonly input: { readonly time: number; readonly features: number };
  /** The output of each row. x [rows, T, F] row-major. */
  value(x: Float32Array, rows: number): Promise<Float32Array>;
  /** The output of each row, [rows], and its derivative by that row's input, [rows, T, F]. */
  gradient(x: Float32Array, rows: number): Promise<{ value: Float32Array; gradient: Float32Array }>;
  close(): Promise<void>;
}

/** Rows of the backward graph: enough to fill the matrix products, few enough that activations stay in the cache. */
const ROWS = 8;
const VALUE = "explained/value";
const GRADIENT = "explained/gradient";

/**
 * Builds the network anew with its weights as constants, and next to it d(Σ_rows output)/dx as one graph: as no row
 * sees another, row r of that is the derivative of row r's output.
 * @throws GradUsageError when a parameter is missing, unknown or of another shape (it is named), or the output is not [B]
 */
export async function createExplainer(options: ExplainerOptions): Promise<Explainer> {
  const { parameters, threads } = options;
  const { time, features } = options.input;
  const size = time * features;
  const sessionOptions = threads === undefined ? {} : { threads };
  const open = ({ graph, outputs }: Pick<Built, "graph"> & { outputs: Record<string, Tensor> }) => {
    const values = matchParameters(graph, parameters);
    return openSession(encodeGraph(graph, { outputs, parameters: values }).bytes, sessionOptions);
  };

  const forward = build(options, -1);
  const backward = build(options, ROWS);
  matchParameters(forward.graph, parameters);
  const loss = reduceSum(backward.graph, backward.outputs[VALUE]);
  const [derivative] = differentiate(backward.graph, loss, [backward.x]);
  const outputs = { ...backward.outputs, ...(derivative ? { [GRADIENT]: derivative } : {}) };
  let forwardSession: Promise<Session> | undefined;
  let backwardSession: Promise<Session> | undefined;
  let closed = false;
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(() => {
      if (closed) throw new GradUsageError("the explainer is closed");
      return work();
    });
    queue = result.catch(() => undefined);
    return result;
  };

  return {
    input: { time, features },
    value: (x, rows) =>
      inTurn(async () => {
        forwardSession ??= open(forward);
        return (await predictRows(await forwardSession, x, rows, { time, features }))[VALUE]!;
      }),
    gradient: (x, rows) =>
      inTurn(async () => {
        if (!Number.isInteger(rows) || rows < 1) throw new GradUsageError(`gradient: ${rows} rows`);
        firstNumbers("gradient: x", x, rows * size);
        backwardSession ??= open({ graph: backward.graph, outputs });
        const session = await backwardSession;
        const value = new Float32Array(rows);
        const gradient = new Float32Array(rows * size);
        const feed = new Float32Array(ROWS * size);
        for (let from = 0; from < rows; from += ROWS) {
          const count = Math.min(ROWS, rows - from);
          feed.set(x.subarray(from * size, (from + count) * size));
          const feeds = { x: toValue(feed, [ROWS, time, features]) };
          const fetches = Object.fromEntries(Object.keys(outputs).map((name) => [name, null]));
          const results = await session.run(feeds, fetches);
          value.set((results[VALUE]!.data as Float32Array).subarray(0, count), from);
          const part = results[GRADIENT]?.data as Float32Array | undefined;
          if (part) gradient.set(part.subarray(0, count * size), from * size);
        }
        return { value, gradient };
      }),
    close: async () => {
      if (closed) return;
      await queue;
      closed = true;
      for (const session of await Promise.all([forwardSession, backwardSession])) await session?.close();
    },
  };
}

type Built = ReturnType<typeof build>;

function build({ network, input, output }: ExplainerOptions, rows: number) {
  const { graph, outputs } = buildForward({ network, input }, { rows, training: false });
  const y: Tensor | undefined = output(graph, outputs);
  if (!y || !sameShape(y.shape, [rows]))
    throw new GradUsageError(
      `the output to explain has to be one number a row, [N], ` +
        `${y ? `not ${describeShape(y.shape)}` : `and it is missing`}; ` +
        `the network gives ${Object.keys(outputs).join(", ")}`,
    );
  const x = graph.inputs.find((i) => i.name === "x")!.tensor;
  return { graph, x, outputs: { [VALUE]: y } as Record<typeof VALUE, Tensor> };
}
