import { WireType } from "@bufbuild/protobuf/wire";
import { readOnnxMetadata } from "./onnxMetadata.ts";
import { messages, readFields } from "./onnxReader.ts";
import { DATA_TYPES } from "./onnxWriter.ts";

/** An input or output of a model; an extent that is known only when it runs is told by its name. */
export interface OnnxPort {
  name: string;
  dtype: string;
  shape: (number | string)[];
}

/** What an ONNX file tells of itself, without its weights. */
export interface OnnxSummary {
  bytes: number;
  irVersion: number;
  producer: string;
  /** Version of each set of operators; the standard's is named ai.onnx. */
  opsets: Record<string, number>;
  /** How many nodes of each operator, the most frequent first. */
  operators: Record<string, number>;
  nodes: number;
  inputs: OnnxPort[];
  outputs: OnnxPort[];
  metadata: Record<string, string>;
}

/**
 * Field numbers are those of onnx.proto3: ModelProto ir_version 1, producer_name 2, graph 7, opset_import 8; GraphProto
 * node 1, input 11, output 12; NodeProto op_type 4; OperatorSetIdProto domain 1, version 2.
 * @throws GradDataError when the bytes are cut short or no ONNX model
 */
export function readOnnxSummary(onnx: Uint8Array): OnnxSummary {
  const metadata = readOnnxMetadata(onnx);
  const head = scalars(onnx);
  const opsets: Record<string, number> = {};
  for (const opset of messages(onnx, 8)) {
    const { text, whole } = scalars(opset);
    opsets[text.get(1) || "ai.onnx"] = whole.get(2) ?? 0;
  }
  const [graph] = messages(onnx, 7);
  const counts = new Map<string, number>();
  for (const node of messages(graph!, 1)) {
    const type = scalars(node).text.get(4) ?? "";
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const operators = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return {
    bytes: onnx.length,
    irVersion: head.whole.get(1) ?? 0,
    producer: head.text.get(2) ?? "",
    opsets,
    operators: Object.fromEntries(operators),
    nodes: operators.reduce((sum, [, n]) => sum + n, 0),
    inputs: messages(graph!, 11).map(portOf),
    outputs: messages(graph!, 12).map(portOf),
    metadata,
  };
}

/** ValueInfoProto name 1, type 2; TypeProto tensor_type 1; its elem_type 1, shape 2; TensorShapeProto dim 1: value 1, param 2. */
function portOf(value: Uint8Array): OnnxPort {
  const [tensor] = messages(value, 2).flatMap((type) => messages(type, 1));
  const code = tensor && scalars(tensor).whole.get(1);
  const dims = tensor ? messages(tensor, 2).flatMap((shape) => messages(shape, 1)) : [];
  return {
    name: scalars(value).text.get(1) ?? "",
    dtype: Object.entries(DATA_TYPES).find(([, known]) => known === code)?.[0] ?? `type ${code}`,
    shape: dims.map((dim) => {
      const { text, whole } = scalars(dim);
      return whole.get(1) ?? text.get(2) ?? "?";
    }),
  };
}

/** The whole numbers and texts of a message by field, the last of each; longer fields are skipped. */
function scalars(bytes: Uint8Array): { whole: Map<number, number>; text: Map<number, string> } {
  const whole = new Map<number, number>();
  const text = new Map<number, string>();
  readFields(bytes, (reader, field, wire) => {
    if (wire === WireType.Varint) whole.set(field, Number(reader.int64()));
    else if (wire === WireType.LengthDelimited) {
      const value = reader.bytes();
      if (value.length <= 1000) text.set(field, new TextDecoder().decode(value));
    } else return false;
    return true;
  });
  return { whole, text };
}
