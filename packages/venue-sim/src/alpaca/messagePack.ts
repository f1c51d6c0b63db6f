/**
 * The part of MessagePack (github.com/msgpack/msgpack/blob/master/spec.md) that Alpaca's stream needs: nil, booleans,
 * numbers, strings, arrays, maps; on the way out also timestamps, of which a Date is written as extension -1.
 */
export function encodeMessagePack(value: unknown): Uint8Array {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: unknown, parts: Buffer[]): void {
  if (value === null || value === undefined) parts.push(Buffer.of(0xc0));
  else if (typeof value === "boolean") parts.push(Buffer.of(value ? 0xc3 : 0xc2));
  else if (typeof value === "number") parts.push(numberBytes(value));
  else if (typeof value === "string") writeString(value, parts);
  else if (value instanceof Date) parts.push(timestampBytes(value.getTime()));
  else if (Array.isArray(value)) {
    parts.push(header(value.length, 0x90, 15, 0xdc));
    for (const item of value) write(item, parts);
  } else if (typeof value === "object") {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    parts.push(header(entries.length, 0x80, 15, 0xde));
    for (const [key, item] of entries) {
      writeString(key, parts);
      write(item, parts);
    }
  } else throw new TypeError(`a ${typeof value} cannot be written as MessagePack`);
}

function writeString(text: string, parts: Buffer[]): void {
  const bytes = Buffer.from(text);
  if (bytes.length < 32) parts.push(Buffer.of(0xa0 | bytes.length));
  else parts.push(sized(0xdb, bytes.length));
  parts.push(bytes);
}

/** Short lengths lie in the first byte, longer ones in 16 or 32 bits after it. */
function header(length: number, short: number, most: number, code16: number): Buffer {
  if (length <= most) return Buffer.of(short | length);
  if (length > 0xffff) return sized(code16 + 1, length);
  const bytes = Buffer.alloc(3);
  bytes[0] = code16;
  bytes.writeUInt16BE(length, 1);
  return bytes;
}

function sized(code: number, length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = code;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function numberBytes(value: number): Buffer {
  const isUnsigned = Number.isInteger(value) && value >= 0 && !Object.is(value, -0);
  if (isUnsigned && value < 128) return Buffer.of(value);
  if (isUnsigned && value <= 0xffff_ffff) return sized(0xce, value);
  const bytes = Buffer.alloc(9);
  bytes[0] = 0xcb;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** timestamp 96: nanoseconds in 32 bits, seconds in 64. */
function timestampBytes(ms: number): Buffer {
  const bytes = Buffer.alloc(15);
  const seconds = Math.floor(ms / 1000);
  bytes[0] = 0xc7;
  bytes[1] = 12;
  bytes.writeInt8(-1, 2);
  bytes.writeUInt32BE(Math.round((ms - seconds * 1000) * 1e6), 3);
  bytes.writeBigInt64BE(BigInt(seconds), 7);
  return bytes;
}

/** @throws RangeError for a message that ends early, goes on too long, or holds a type that no client of Alpaca sends. */
export function decodeMessagePack(bytes: Uint8Array): unknown {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const value = reader.read(0);
  if (!reader.isAtEnd) throw new RangeError("bytes are left after the message");
  return value;
}

/** Deeper nesting than any message has would only be an attack on the stack. */
const MAX_DEPTH = 16;

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  read(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new RangeError("nested too deep");
    const code = this.#take(1).readUInt8();
    if (code < 0x80) return code;
    if (code < 0x90) return this.#map(code & 15, depth);
    if (code < 0xa0) return this.#array(code & 15, depth);
    if (code < 0xc0) return this.#take(code & 31).toString("utf8");
    if (code >= 0xe0) return code - 256;
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.#take(4).readFloatBE();
      case 0xcb:
        return this.#take(8).readDoubleBE();
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#unsigned(2 ** (code - 0xcc));
      case 0xd0:
        return this.#take(1).readInt8();
      case 0xd1:
        return this.#take(2).readInt16BE();
      case 0xd2:
        return this.#take(4).readInt32BE();
      case 0xd3:
        return Number(this.#take(8).readBigInt64BE());
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#take(this.#unsigned(2 ** (code - 0xd9))).toString("utf8");
      case 0xdc:
      case 0xdd:
        return this.#array(this.#unsigned(code === 0xdc ? 2 : 4), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(code === 0xde ? 2 : 4), depth);
      default:
        throw new RangeError(`type 0x${code.toString(16)} is not expected`);
    }
  }

  #unsigned(bytes: number): number {
    const taken = this.#take(bytes);
    return bytes === 8 ? Number(taken.readBigUInt64BE()) : taken.readUIntBE(0, bytes);
  }

  #array(length: number, depth: number): unknown[] {
    const values: unknown[] = [];
    for (let i = 0; i < length; i++) values.push(this.read(depth + 1));
    return values;
  }

  #map(length: number, depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (let i = 0; i < length; i++) entries.push([String(this.read(depth + 1)), this.read(depth + 1)]);
    return Object.fromEntries(entries);
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new RangeError("the message ends early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
