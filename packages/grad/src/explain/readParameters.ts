import { WireType } from "@bufbuild/protobuf/wire";
import { isEncoderName } from "../encode/encodeGraph.ts";
import { readOnnxMetadata } from "../encode/onnxMetadata.ts";
import { messages, readFields } from "../encode/onnxReader.ts";
import { DATA_TYPES } from "../encode/onnxWriter.ts";
import { GradDataError } from "../errors.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";

export interface NamedParameter {
  shape: Shape;
  /** Row-major. */
  values: Float32Array;
}
export type NamedParameters = ReadonlyMap<string, NamedParameter>;

/**
 * The trained tensors of an exported model under the names that the network gave them, as copies. An export keeps
 * them raw: what a layer folds together, such as a norm's gain with the product behind it, it computes in the graph.
 * Constants of the network (positions, axes) are left out: building it makes them anew.
 * Field numbers are those of onnx.proto3: ModelProto.graph 7, GraphProto.initializer 5.
 * @throws GradDataError on anything that was not exported here, or is damaged
 */
export function readParameters(onnx: Uint8Array): Map<string, NamedParameter> {
  readOnnxMetadata(onnx);
  const parameters = new Map<string, NamedParameter>();
  for (const graph of messages(onnx, 7))
    for (const tensor of messages(graph, 5)) {
      const { name, type, dims, raw } = readTensor(tensor);
      if (isEncoderName(name)) continue;
      if (type !== DATA_TYPES.float32 || raw === undefined)
        throw new GradDataError(
          `parameter "${name}" is not kept as raw float32: this is not one of the models exported here`,
        );
      if (dims.some((e) => !(e >= 1)) || raw.length !== 4 * sizeOf(dims))
        throw new GradDataError(
          `parameter "${name}" of shape [${dims}] has ${raw.length} bytes: the model is damaged`,
        );
      if (parameters.has(name))
        throw new GradDataError(`two parameters are named "${name}": the model is damaged`);
      parameters.set(name, { shape: dims, values: new Float32Array(new Uint8Array(raw).buffer) });
    }
  return parameters;
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
function readTensor(bytes: Uint8Array) {
  const dims: number[] = [];
  const tensor: { name: string; type: number; raw?: Uint8Array } = { name: "", type: 0 };
  readFields(bytes, (reader, field, wire) => {
    if (field === 1 && wire === WireType.LengthDelimited) {
      const end = reader.uint32() + reader.pos;
      while (reader.pos < end) dims.push(Number(reader.int64()));
    } else if (field === 1 && wire === WireType.Varint) dims.push(Number(reader.int64()));
    else if (field === 2 && wire === WireType.Varint) tensor.type = reader.int32();
    else if (field === 8 && wire === WireType.LengthDelimited) tensor.name = reader.string();
    else if (field === 9 && wire === WireType.LengthDelimited) tensor.raw = reader.bytes();
    else return false;
    return true;
  });
  return { ...tensor, dims };
}
