import { deflateRawSync, inflateRawSync } from "node:zlib";
import { readOnnxMetadata } from "@orion/grad";
import { DataError } from "../../core/errors.ts";

export type NativeFormat = "xgboost" | "lightgbm" | "libsvm";

/** The library's own model inside the ONNX file, for what ONNX cannot answer: Shapley values. */
export function nativeMetadata(format: NativeFormat, bytes: Uint8Array): Record<string, string> {
  return {
    "native.format": format,
    "native.bytes": String(bytes.length),
    "native.model": deflateRawSync(bytes, { level: 6 }).toString("base64"),
  };
}

/** @throws DataError where the file has none, or one that is damaged */
export function nativeModelOf(onnx: Uint8Array): { format: NativeFormat; bytes: Uint8Array } {
  const metadata = readOnnxMetadata(onnx);
  const format = metadata["native.format"];
  const packed = metadata["native.model"];
  if (packed === undefined || (format !== "xgboost" && format !== "lightgbm" && format !== "libsvm"))
    throw new DataError("the model file holds no model of a tree library: Shapley values need one");
  try {
    const bytes = inflateRawSync(Buffer.from(packed, "base64"));
    if (bytes.length === Number(metadata["native.bytes"])) return { format, bytes };
  } catch {
    // told below
  }
  throw new DataError("the library's model inside the model file is damaged: train it again");
}
