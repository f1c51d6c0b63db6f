import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { GradDataError } from "../errors.ts";

/** Every nested message of one field. */
export function messages(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  readFields(bytes, (reader, field, wire) => {
    if (field !== wanted || wire !== WireType.LengthDelimited) return false;
    found.push(reader.bytes());
    return true;
  });
  return found;
}

/** Walks over a message; `take` reads the field that it wants and says so, the others are skipped. */
export function readFields(
  bytes: Uint8Array,
  take: (reader: BinaryReader, field: number, wire: WireType) => boolean,
): void {
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [field, wire] = reader.tag();
      if (!take(reader, field, wire)) reader.skip(wire, field);
      if (reader.pos > reader.len) throw new RangeError("premature end");
    }
  } catch {
    throw new GradDataError("the ONNX file cannot be read, it is damaged: export it again");
  }
}
