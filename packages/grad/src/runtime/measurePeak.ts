import { availableParallelism } from "node:os";
import { encodeGraph } from "../encode/encodeGraph.ts";
import { Graph } from "../graph/graph.ts";
import { matmul } from "../ops/matrix.ts";
import { openSession, toValue } from "./session.ts";

export interface Peak {
  gflops: number;
  threads: number;
  size: number;
}

/** The machine's best rate of an n × n float32 matrix product (2n³ operations) through ONNX Runtime. */
export async function measurePeak(
  options: { threads?: number; size?: number; repeats?: number } = {},
): Promise<Peak> {
  const { size = 2048, repeats = 8 } = options;
  const threads = options.threads ?? availableParallelism();
  const graph = new Graph();
  const product = matmul(
    graph,
    graph.input("a", [size, size], "float32"),
    graph.input("b", [size, size], "float32"),
  );
  const session = await openSession(encodeGraph(graph, { outputs: { product } }).bytes, { threads });
  const numbers = () =>
    toValue(
      Float32Array.from({ length: size * size }, (_, i) => (i % 13) - 6),
      [size, size],
    );
  const feeds = { a: numbers(), b: numbers() };
  const fetches = { product: toValue(new Float32Array(size * size), [size, size]) };
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await session.run(feeds, fetches);
    best = Math.min(best, performance.now() - start);
  }
  await session.close();
  return { gflops: (2 * size ** 3) / best / 1e6, threads, size };
}
