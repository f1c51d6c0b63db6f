import { createHash } from "node:crypto";
import { GradDataError } from "../errors.ts";
import type { TrainingState } from "./trainingProgram.ts";

/** What one epoch came to. */
export interface EpochRecord {
  epoch: number;
  /** Means over the epoch's training steps. */
  loss: number;
  metrics: Record<string, number>;
  /** Validation loss and metrics; undefined values are left out. */
  validation: Record<string, number>;
  learningRate: number;
}
/** Where a training stands, apart from the weights. Numbers survive JSON exactly. */
export interface TrainingPosition {
  epoch: number;
  /** Steps of this epoch that are done. */
  stepInEpoch: number;
  /** Sums over those steps. */
  lossSum: number;
  metricSums: Record<string, number>;
  /** Exponentially smoothed loss, null before the first step. */
  smoothedLoss: number | null;
  bestEpoch: number | null;
  bestValue: number | null;
  history: EpochRecord[];
}
/** The weights as they were after one step of a training. */
export interface Snapshot {
  /** Steps that had been taken, of the whole training. */
  step: number;
  /** The epoch that the last of them belongs to, counted from 1. */
  epoch: number;
  /** Flat, as in `TrainingState`. */
  parameters: Float32Array;
}
export interface Checkpoint {
  position: TrainingPosition;
  state: TrainingState;
  /** Weights of the best epoch, absent before one ended. */
  best: Float32Array | undefined;
  /** What was kept so far, in order. */
  snapshots: readonly Snapshot[];
}

const MAGIC = "ORIONCKP";
const VERSION = 3;
const HASH_BYTES = 32;
const HEAD_BYTES = MAGIC.length + 8;

interface Header {
  fingerprint: string;
  step: number;
  length: number;
  hasBest: boolean;
  hasAverage: boolean;
  snapshots: { step: number; epoch: number }[];
  position: TrainingPosition;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const raw = (a: Float32Array) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);

/** MAGIC, version and header length (uint32, little-endian), JSON header, float32 arrays, SHA-256 of all before. */
export function writeCheckpoint(
  { position, state, best, snapshots }: Checkpoint,
  fingerprint: string,
): Uint8Array {
  const header: Header = {
    fingerprint,
    step: state.step,
    length: state.parameters.length,
    hasBest: best !== undefined,
    hasAverage: state.average !== undefined,
    snapshots: snapshots.map(({ step, epoch }) => ({ step, epoch })),
    position,
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const optional = [state.average, best].filter((a) => a !== undefined);
  const arrays = [state.parameters, state.m, state.v, ...optional, ...snapshots.map((s) => s.parameters)];
  const size = HEAD_BYTES + json.length + arrays.reduce((s, a) => s + a.byteLength, 0);
  const bytes = new Uint8Array(size + HASH_BYTES);
  bytes.set(new TextEncoder().encode(MAGIC), 0);
  const view = new DataView(bytes.buffer);
  view.setUint32(MAGIC.length, VERSION, true);
  view.setUint32(MAGIC.length + 4, json.length, true);
  bytes.set(json, HEAD_BYTES);
  let at = HEAD_BYTES + json.length;
  for (const array of arrays) {
    bytes.set(raw(array), at);
    at += array.byteLength;
  }
  bytes.set(sha256(bytes.subarray(0, size)), size);
  return bytes;
}

/** Throws GradDataError when the bytes are damaged, of another version or of another training. */
export function readCheckpoint(bytes: Uint8Array, fingerprint: string, length: number): Checkpoint {
  const size = bytes.length - HASH_BYTES;
  const magic = new TextDecoder("latin1").decode(bytes.subarray(0, MAGIC.length));
  if (size < HEAD_BYTES || magic !== MAGIC)
    throw new GradDataError("the checkpoint is no checkpoint: train anew");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(MAGIC.length, true);
  if (version !== VERSION)
    throw new GradDataError(
      `the checkpoint has version ${version}, this program reads ${VERSION}: train anew`,
    );
  if (!sha256(bytes.subarray(0, size)).equals(bytes.subarray(size)))
    throw new GradDataError(
      "the checkpoint is truncated or damaged (its checksum does not match): train anew",
    );
  const jsonLength = view.getUint32(MAGIC.length + 4, true);
  const header = JSON.parse(
    new TextDecoder().decode(bytes.subarray(HEAD_BYTES, HEAD_BYTES + jsonLength)),
  ) as Header;
  if (header.fingerprint !== fingerprint)
    throw new GradDataError(
      `the checkpoint is of another training (${header.fingerprint}, this one is ${fingerprint}): train anew`,
    );
  if (header.length !== length)
    throw new GradDataError(
      `the checkpoint has ${header.length} weights, this network ${length}: train anew`,
    );
  let at = HEAD_BYTES + jsonLength;
  const next = () => {
    const array = new Float32Array(new Uint8Array(bytes.subarray(at, at + 4 * length)).buffer);
    at += 4 * length;
    return array;
  };
  const state: TrainingState = { step: header.step, parameters: next(), m: next(), v: next() };
  if (header.hasAverage) state.average = next();
  const best = header.hasBest ? next() : undefined;
  const snapshots = header.snapshots.map((taken) => ({ ...taken, parameters: next() }));
  return { position: header.position, state, best, snapshots };
}
