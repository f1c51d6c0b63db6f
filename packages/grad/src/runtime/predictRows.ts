import { GradUsageError } from "../errors.ts";
import { type Session, toValue, type Value } from "./session.ts";

/** Rows of one forward run: few enough that activations stay in the cache, which bounds the memory as well. */
const PREDICTION_ROWS = 8;

/** The first `length` numbers of an array that may be longer. */
export function firstNumbers<T extends Float32Array | Int32Array>(what: string, data: T, length: number): T {
  if (data.length < length)
    throw new GradUsageError(`${what} has ${data.length} numbers where ${length} are needed`);
  return data.length === length ? data : (data.subarray(0, length) as T);
}

/** Runs a forward session over any number of rows, in chunks. */
export async function predictRows(
  session: Session,
  x: Float32Array,
  rows: number,
  { time, features }: { time: number; features: number },
  weights: Record<string, Value> = {},
): Promise<Record<string, Float32Array>> {
  const size = time * features;
  if (!Number.isInteger(rows) || rows < 1) throw new GradUsageError(`predict: ${rows} rows`);
  firstNumbers("predict: x", x, rows * size);
  const results: Record<string, Float32Array> = {};
  for (let from = 0; from < rows; from += PREDICTION_ROWS) {
    const count = Math.min(PREDICTION_ROWS, rows - from);
    const feed = toValue(x.subarray(from * size, (from + count) * size), [count, time, features]);
    const fetches = Object.fromEntries(session.outputs.map(({ name }) => [name, null]));
    const chunk = await session.run({ ...weights, x: feed }, fetches);
    for (const { name } of session.outputs) {
      const data = chunk[name]!.data as Float32Array;
      const width = data.length / count;
      results[name] ??= new Float32Array(rows * width);
      results[name].set(data, from * width);
    }
  }
  return results;
}
