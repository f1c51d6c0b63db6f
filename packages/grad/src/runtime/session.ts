import { InferenceSession, Tensor as Value } from "onnxruntime-node";
import { GradUsageError } from "../errors.ts";
import { sizeOf } from "../graph/shape.ts";
import { type Device, missingDevice } from "./device.ts";

export type Numbers = Float32Array | Float64Array | Int32Array;
/** A typed array with its extents, as ONNX Runtime reads or writes it in place. */
export type { Value };

export function toValue(data: Numbers, dims: readonly number[]): Value {
  if (data.length !== sizeOf(dims)) throw new RangeError(`${data.length} numbers do not fill [${dims}]`);
  if (data.buffer instanceof SharedArrayBuffer)
    throw new GradUsageError("ONNX Runtime refuses shared memory: gather the batch into an ordinary array");
  if (data instanceof Float32Array) return new Value("float32", data, dims);
  if (data instanceof Float64Array) return new Value("float64", data, dims);
  return new Value("int32", data, dims);
}

export interface SessionOptions {
  /** "basic" leaves out fusions, some of which make nodes that exist in float32 only; "all" unless said. */
  optimization?: "basic" | "all";
  /** Threads of the matrix products; all cores when not said. */
  threads?: number;
  /** Where it runs; nodes that a device has no kernel for run on the CPU. "cpu" unless said. */
  device?: Device;
  /** Writes ONNX Runtime's profile (JSON) to a file whose name starts so; it is complete after `close`. */
  profilePrefix?: string;
}

/** A loaded graph. Runs block the calling thread; ONNX Runtime's own threads share the work. */
export interface Session {
  readonly inputs: readonly InferenceSession.ValueMetadata[];
  readonly outputs: readonly InferenceSession.ValueMetadata[];
  /** Reads the feeds and writes into the fetches in place; a fetch of null gets an array of its own. */
  run(feeds: Record<string, Value>, fetches: Record<string, Value | null>): Promise<Record<string, Value>>;
  close(): Promise<void>;
}

/** @throws GradUsageError where the device is missing, with what to install */
export async function openSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const { device = "cpu" } = options;
  const session = await create(model, device, {
    executionProviders: [device],
    graphOptimizationLevel: options.optimization ?? "all",
    logSeverityLevel: 3,
    // The planned layout is a second copy of all activations beside the arena's: half as much memory again, no faster.
    enableMemPattern: false,
    ...(options.threads !== undefined ? { intraOpNumThreads: options.threads } : {}),
    ...(options.profilePrefix !== undefined
      ? { enableProfiling: true, profileFilePrefix: options.profilePrefix }
      : {}),
    extra: { session: { set_denormal_as_zero: "1" } },
  });
  return {
    inputs: session.inputMetadata,
    outputs: session.outputMetadata,
    run: async (feeds, fetches) => {
      const results = (await session.run(feeds, fetches)) as Record<string, Value>;
      if (device !== "cpu") await copyBack(results, fetches);
      return results;
    },
    close: async () => {
      if (options.profilePrefix !== undefined) session.endProfiling();
      await session.release();
    },
  };
}

async function create(model: Uint8Array, device: Device, options: InferenceSession.SessionOptions) {
  try {
    return await InferenceSession.create(model, options);
  } catch (thrown) {
    if (device === "cpu") throw thrown;
    const { found, mend } = missingDevice(device, thrown instanceof Error ? thrown.message : String(thrown));
    throw new GradUsageError(`device ${device}: ${found}: ${mend}`, { cause: thrown });
  }
}

/** A device may answer with memory of its own instead of writing into the fetch: what was asked for in place is put there. */
async function copyBack(
  results: Record<string, Value>,
  fetches: Record<string, Value | null>,
): Promise<void> {
  for (const [name, fetch] of Object.entries(fetches)) {
    const result = results[name];
    if (!fetch || !result || result === fetch) continue;
    const data = (await result.getData(true)) as Numbers;
    if (data !== fetch.data) (fetch.data as Numbers).set(data);
    results[name] = fetch;
  }
}
