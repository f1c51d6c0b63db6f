import type { Predictor } from "@orion/grad";
import { UsageError } from "../../core/errors.ts";
import { columnNames, type FittedInputs, networkInputs } from "../../features/index.ts";
import type { PredictOptions } from "../model.ts";
import { featureMatrix, gatherWindows } from "./featureMatrix.ts";

/** Windows that go through the network at once: more gives no more speed and only costs memory. */
const chunk = 64;

/** Raw columns, and which rows of them are to be predicted. */
export interface WindowsToPredict {
  readonly names: readonly string[];
  readonly columns: readonly Float32Array[];
  readonly rows: Int32Array;
  /** what the network was trained with */
  readonly inputs: FittedInputs;
  /** bars of a window */
  readonly window: number;
}

/**
 * Sends the windows that end at `rows` through a network, some at a time, and gives its outputs to `take`.
 * @param take `from` is the place in `rows` of the first of `count` windows
 * @throws UsageError when the columns are not those that the network was trained on
 */
export async function predictWindows(
  predictor: Predictor,
  { names, columns, rows, inputs, window }: WindowsToPredict,
  options: PredictOptions,
  take: (out: Record<string, Float32Array>, from: number, count: number) => void,
): Promise<void> {
  const known = columnNames(inputs);
  if (names.join() !== known.join()) {
    throw new UsageError(
      `the model was trained on the columns ${known.join(", ")}; these are ${names.join(", ")}`,
    );
  }
  const matrix = featureMatrix(networkInputs(columns, inputs));
  const size = window * matrix.features;
  const input = new Float32Array(Math.min(chunk, rows.length) * size);
  const started = performance.now();
  for (let from = 0; from < rows.length; from += chunk) {
    options.signal?.throwIfAborted();
    const part = rows.subarray(from, from + chunk);
    const windows = input.subarray(0, part.length * size);
    gatherWindows(matrix, window, part, windows);
    take(await predictor.predict(windows, part.length), from, part.length);
    const done = from + part.length;
    options.onProgress?.({
      stage: "predicting",
      done,
      total: rows.length,
      secondsLeft: ((performance.now() - started) / 1000 / done) * (rows.length - done),
    });
  }
}
