import { readFile } from "node:fs/promises";
import { readOnnxMetadata } from "../encode/onnxMetadata.ts";
import { GradDataError } from "../errors.ts";
import { predictRows } from "./predictRows.ts";
import { openSession, type Session } from "./session.ts";

/** An exported network, loaded for prediction. */
export interface Predictor {
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputShape: { time: number; features: number };
  /** Names of the outputs. */
  readonly outputs: readonly string[];
  /** x [rows, T, F], row-major; each output [rows, ...]. */
  predict(x: Float32Array, rows: number): Promise<Record<string, Float32Array>>;
  close(): Promise<void>;
}

/** Loads the bytes, or the file at the path, of an exported model. Throws GradDataError on anything else. */
export async function loadPredictor(
  onnx: Uint8Array | string,
  options: { threads?: number } = {},
): Promise<Predictor> {
  const name = typeof onnx === "string" ? onnx : "the model";
  const bytes = typeof onnx === "string" ? await read(onnx) : onnx;
  const metadata = readOnnxMetadata(bytes);
  let session: Session;
  try {
    session = await openSession(bytes, options);
  } catch (error) {
    throw new GradDataError(`${name} cannot be loaded, it is damaged or foreign: ${firstLine(error)}`);
  }
  const [input, ...others] = session.inputs;
  if (
    !input?.isTensor ||
    input.name !== "x" ||
    others.length > 0 ||
    input.type !== "float32" ||
    input.shape.length !== 3
  ) {
    await session.close();
    throw new GradDataError(
      `${name} is not one of the networks exported here: it does not take x [batch, time, feature]`,
    );
  }
  const [, time, features] = input.shape;
  const inputShape = { time: Number(time), features: Number(features) };
  return {
    metadata,
    inputShape,
    outputs: session.outputs.map((o) => o.name),
    predict: (x, rows) => predictRows(session, x, rows, inputShape),
    close: () => session.close(),
  };
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new GradDataError(`the model ${path} cannot be read: ${firstLine(error)}`);
  }
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0];
