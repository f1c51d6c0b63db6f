import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { GradDataError } from "../errors.ts";

/**
 * The metadata_props (field 14) of an ONNX model. Throws when the bytes are not a whole ModelProto: every field is
 * walked over, so a file that was cut off anywhere at the top level is noticed.
 */
export function readOnnxMetadata(bytes: Uint8Array): Record<string, string> {
  const metadata: Record<string, string> = {};
  let graph = false;
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [field, wire] = reader.tag();
      if (field === 7 && wire === WireType.LengthDelimited) graph = true;
      if (field === 14 && wire === WireType.LengthDelimited) {
        const [key, value] = entry(reader.bytes());
        metadata[key] = value;
      } else reader.skip(wire, field);
      if (reader.pos > reader.len) throw new RangeError("premature end");
    }
  } catch {
    throw new GradDataError("the ONNX file is truncated or is no ONNX file: export the model again");
  }
  if (!graph) throw new GradDataError("the file holds no ONNX graph: export the model again");
  return metadata;
}

function entry(bytes: Uint8Array): [string, string] {
  const reader = new BinaryReader(bytes);
  const fields = ["", ""];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if ((field === 1 || field === 2) && wire === WireType.LengthDelimited)
      fields[field - 1] = reader.string();
    else reader.skip(wire, field);
  }
  return [fields[0]!, fields[1]!];
}
