import { createHash } from "node:crypto";
import { DataError } from "../../core/errors.ts";
import type { SignalNetFit } from "../signalNet/fitSignalNet.ts";

/** Where the training of an ensemble stands: the members that are done, and the checkpoint of the one at work. */
export interface EnsemblePosition {
  readonly done: readonly SignalNetFit[];
  readonly current: Uint8Array | undefined;
}

const MAGIC = "ORIONENS";
const HASH_BYTES = 32;
const HEAD_BYTES = MAGIC.length + 4;

interface Header {
  fingerprint: string;
  done: (Omit<SignalNetFit, "onnx"> & { bytes: number })[];
  /** bytes of the checkpoint of the member at work; null where it has none yet */
  current: number | null;
}

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** MAGIC, header length (uint32, little-endian), JSON header, the members' files, the checkpoint, SHA-256 of all before. */
export function writeEnsembleCheckpoint(
  { done, current }: EnsemblePosition,
  fingerprint: string,
): Uint8Array {
  const header: Header = {
    fingerprint,
    done: done.map(({ onnx, ...rest }) => ({ ...rest, bytes: onnx.byteLength })),
    current: current?.byteLength ?? null,
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(HEAD_BYTES);
  head.set(new TextEncoder().encode(MAGIC));
  new DataView(head.buffer).setUint32(MAGIC.length, json.length, true);
  const body = Buffer.concat([head, json, ...done.map((d) => d.onnx), ...(current ? [current] : [])]);
  return Buffer.concat([body, sha256(body)]);
}

/** @throws DataError when the bytes are damaged or of another training */
export function readEnsembleCheckpoint(bytes: Uint8Array, fingerprint: string): EnsemblePosition {
  const end = bytes.length - HASH_BYTES;
  const magic = new TextDecoder("latin1").decode(bytes.subarray(0, MAGIC.length));
  if (end < HEAD_BYTES || magic !== MAGIC)
    throw new DataError("the checkpoint is none of an ensemble: train anew");
  if (!sha256(bytes.subarray(0, end)).equals(bytes.subarray(end)))
    throw new DataError("the checkpoint is truncated or damaged (its checksum does not match): train anew");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  const header = JSON.parse(
    new TextDecoder().decode(bytes.subarray(HEAD_BYTES, HEAD_BYTES + length)),
  ) as Header;
  if (header.fingerprint !== fingerprint)
    throw new DataError(
      `the checkpoint is of another training (${header.fingerprint}, this one is ${fingerprint}): train anew`,
    );
  let at = HEAD_BYTES + length;
  const take = (size: number): Uint8Array => {
    const part = new Uint8Array(bytes.subarray(at, at + size));
    at += size;
    return part;
  };
  const done = header.done.map(({ bytes: size, ...rest }) => ({ ...rest, onnx: take(size) }));
  return { done, current: header.current === null ? undefined : take(header.current) };
}
