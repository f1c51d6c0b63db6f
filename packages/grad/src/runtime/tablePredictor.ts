import { readOnnxMetadata } from "../encode/onnxMetadata.ts";
import { GradDataError, GradUsageError } from "../errors.ts";
import { openSession, type Session, toValue } from "./session.ts";

/**
 * Rows of every run, the last filled up with zeros. A kernel may add up a lone row in another order than one of many; with
 * runs of one size a row's answer depends on the row alone.
 */
const TABLE_ROWS = 64;

/** An ONNX model of table rows, x [rows, F] to one output [rows, K]: dense networks, trees, support vectors. */
export interface TablePredictor {
  readonly metadata: Readonly<Record<string, string>>;
  readonly features: number;
  readonly output: string;
  /** x [rows, F], row-major; [rows, K]. `onRows` is called after each run and may throw to stop */
  predict(x: Float32Array, rows: number, onRows?: (done: number) => void): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Loads a model whose only input is a float32 [batch, F] and which has the float32 output that is named; other outputs
 * are not computed. One thread unless said: sums of many trees then have one order.
 * @throws GradDataError when the bytes are cut short, foreign or of other ports
 */
export async function loadTablePredictor(
  onnx: Uint8Array,
  output: string,
  options: { threads?: number } = {},
): Promise<TablePredictor> {
  const metadata = readOnnxMetadata(onnx);
  let session: Session;
  try {
    session = await openSession(onnx, { threads: options.threads ?? 1 });
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new GradDataError(`the model cannot be loaded, it is damaged or foreign: ${line}`);
  }
  const [input, ...others] = session.inputs;
  const features = input?.isTensor ? Number(input.shape[1]) : Number.NaN;
  const answer = session.outputs.find(({ name }) => name === output);
  if (
    !input?.isTensor ||
    others.length > 0 ||
    input.type !== "float32" ||
    input.shape.length !== 2 ||
    !(features >= 1) ||
    !answer?.isTensor ||
    answer.type !== "float32"
  ) {
    await session.close();
    throw new GradDataError(
      `the model is not one of table rows: it has to take float32 [batch, features] and give a float32 '${output}'`,
    );
  }
  const chunk = new Float32Array(TABLE_ROWS * features);
  const feed = toValue(chunk, [TABLE_ROWS, features]);
  let queue: Promise<unknown> = Promise.resolve();
  const run = async (x: Float32Array, rows: number, onRows?: (done: number) => void) => {
    let results = new Float32Array(0);
    let width = 0;
    for (let from = 0; from < rows; from += TABLE_ROWS) {
      const count = Math.min(TABLE_ROWS, rows - from);
      chunk.set(x.subarray(from * features, (from + count) * features));
      chunk.fill(0, count * features);
      const found = await session.run({ [input.name]: feed }, { [output]: null });
      const data = found[output]!.data as Float32Array;
      if (from === 0) {
        width = data.length / TABLE_ROWS;
        results = new Float32Array(rows * width);
      }
      results.set(data.subarray(0, count * width), from * width);
      onRows?.(from + count);
    }
    return results;
  };
  return {
    metadata,
    features,
    output,
    predict: (x, rows, onRows) => {
      if (!Number.isInteger(rows) || rows < 1 || x.length !== rows * features)
        throw new GradUsageError(`predict: ${x.length} numbers do not fill ${rows} rows of ${features}`);
      // the feed is one buffer: runs wait for each other
      const result = queue.then(() => run(x, rows, onRows));
      queue = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await queue;
      await session.close();
    },
  };
}
