import koffi from "koffi";

/** Numbers that the library owns, copied out before it writes over or frees them. */
export const copyFloats = (pointer: bigint, length: number): Float32Array =>
  length === 0 ? new Float32Array(0) : new Float32Array(koffi.view(pointer, 4 * length).slice(0));

export const copyDoubles = (pointer: bigint, length: number): Float64Array =>
  length === 0 ? new Float64Array(0) : new Float64Array(koffi.view(pointer, 8 * length).slice(0));

export const copyInts = (pointer: bigint, length: number): Int32Array =>
  length === 0 ? new Int32Array(0) : new Int32Array(koffi.view(pointer, 4 * length).slice(0));

export const copyBytes = (pointer: bigint, length: number): Uint8Array =>
  length === 0 ? new Uint8Array(0) : new Uint8Array(koffi.view(pointer, length).slice(0));

export const copyPointers = (pointer: bigint, length: number): BigUint64Array =>
  length === 0 ? new BigUint64Array(0) : new BigUint64Array(koffi.view(pointer, 8 * length).slice(0));

export const copyStrings = (pointer: bigint, length: number): string[] =>
  Array.from(copyPointers(pointer, length), (each) => koffi.decode.string(each));

/** Where an array lies. The array must be kept by the caller as long as the library reads it. */
export const addressOf = (array: Float64Array | BigUint64Array | Int32Array | ArrayBuffer): bigint =>
  koffi.address(array);
