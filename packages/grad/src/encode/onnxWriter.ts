import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { DType } from "../graph/tensor.ts";
import type { OnnxAttribute } from "../ops/op.ts";

/** Field numbers and enum values below are those of onnx.proto3 of the ONNX standard (IR version 9, opset 20). */
export const IR_VERSION = 9;
export const OPSET = 20;
export const MICROSOFT_OPSET = 1;
/** Trees, support vectors and other classical models: the domain ai.onnx.ml. */
export const ML_OPSET = 3;
export const DATA_TYPES: Readonly<Record<DType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** What a node of a model may hold; the operations of the engine need the first four kinds alone. */
export type NodeAttribute =
  | OnnxAttribute
  | { kind: "floats"; value: readonly number[] }
  | { kind: "strings"; value: readonly string[] };

export interface OnnxNode {
  type: string;
  domain: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, NodeAttribute>>;
}
export interface OnnxTensor {
  name: string;
  dtype: DType;
  dims: readonly number[];
  /** Little-endian, row-major. */
  raw: Uint8Array;
}
export interface OnnxValue {
  name: string;
  dtype: DType;
  /** A string is a named extent that is known only when the graph runs. */
  dims: readonly (number | string)[];
}
export interface OnnxModel {
  nodes: readonly OnnxNode[];
  initializers: readonly OnnxTensor[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  /**
   * Values between the nodes. Where a batch of any size was reshaped, ONNX Runtime knows its extents no more; told
   * nothing, it finds no memory to use again and looks through all that it ever had for each value: a load of quadratic
   * time.
   */
  made?: readonly OnnxValue[];
  metadata: Readonly<Record<string, string>>;
}

type Message = (w: BinaryWriter) => void;

function nested(w: BinaryWriter, field: number, message: Message): void {
  w.tag(field, WireType.LengthDelimited).fork();
  message(w);
  w.join();
}
const text = (w: BinaryWriter, field: number, value: string) =>
  w.tag(field, WireType.LengthDelimited).string(value);
const integer = (w: BinaryWriter, field: number, value: number) => w.tag(field, WireType.Varint).int64(value);

function packed(w: BinaryWriter, field: number, values: readonly number[]): void {
  if (values.length === 0) return;
  w.tag(field, WireType.LengthDelimited).fork();
  for (const v of values) w.int64(v);
  w.join();
}

const encoder = new TextEncoder();
const utf8 = (w: BinaryWriter, field: number, value: string) =>
  w.tag(field, WireType.LengthDelimited).bytes(encoder.encode(value));

function packedFloats(w: BinaryWriter, field: number, values: readonly number[]): void {
  if (values.length === 0) return;
  w.tag(field, WireType.LengthDelimited).fork();
  for (const v of values) w.float(v);
  w.join();
}

function attribute(name: string, a: NodeAttribute): Message {
  return (w) => {
    text(w, 1, name);
    if (a.kind === "float") w.tag(2, WireType.Bit32).float(a.value);
    if (a.kind === "int") integer(w, 3, a.value);
    if (a.kind === "string") utf8(w, 4, a.value);
    if (a.kind === "floats") packedFloats(w, 7, a.value);
    if (a.kind === "ints") packed(w, 8, a.value);
    if (a.kind === "strings") for (const each of a.value) utf8(w, 9, each);
    integer(w, 20, { float: 1, int: 2, string: 3, floats: 6, ints: 7, strings: 8 }[a.kind]);
  };
}

function node(n: OnnxNode, index: number): Message {
  return (w) => {
    for (const input of n.inputs) text(w, 1, input);
    for (const output of n.outputs) text(w, 2, output);
    text(w, 3, `${n.type}.${index}`);
    text(w, 4, n.type);
    for (const [name, a] of Object.entries(n.attributes)) nested(w, 5, attribute(name, a));
    if (n.domain !== "") text(w, 7, n.domain);
  };
}

function tensor(t: OnnxTensor): Message {
  return (w) => {
    packed(w, 1, t.dims);
    integer(w, 2, DATA_TYPES[t.dtype]);
    text(w, 8, t.name);
    w.tag(9, WireType.LengthDelimited).bytes(t.raw);
  };
}

function value(v: OnnxValue): Message {
  return (w) => {
    text(w, 1, v.name);
    nested(w, 2, (type) =>
      nested(type, 1, (tensorType) => {
        integer(tensorType, 1, DATA_TYPES[v.dtype]);
        nested(tensorType, 2, (shape) => {
          for (const dim of v.dims)
            nested(shape, 1, (d) => {
              if (typeof dim === "number") integer(d, 1, dim);
              else text(d, 2, dim);
            });
        });
      }),
    );
  };
}

/** The bytes of a ModelProto. Equal models give equal bytes: fields are written in a fixed order. */
export function writeOnnx(model: OnnxModel): Uint8Array {
  const w = new BinaryWriter();
  integer(w, 1, IR_VERSION);
  text(w, 2, "orion");
  nested(w, 7, (graph) => {
    model.nodes.forEach((n, i) => {
      nested(graph, 1, node(n, i));
    });
    text(graph, 2, "graph");
    for (const t of model.initializers) nested(graph, 5, tensor(t));
    for (const v of model.inputs) nested(graph, 11, value(v));
    for (const v of model.outputs) nested(graph, 12, value(v));
    for (const v of model.made ?? []) nested(graph, 13, value(v));
  });
  const domains = new Map([["", OPSET]]);
  for (const n of model.nodes)
    if (n.domain !== "") domains.set(n.domain, n.domain === "ai.onnx.ml" ? ML_OPSET : MICROSOFT_OPSET);
  for (const [domain, version] of domains)
    nested(w, 8, (opset) => {
      if (domain !== "") text(opset, 1, domain);
      integer(opset, 2, version);
    });
  for (const key of Object.keys(model.metadata).sort())
    nested(w, 14, (entry) => {
      text(entry, 1, key);
      text(entry, 2, model.metadata[key]!);
    });
  return w.finish();
}
