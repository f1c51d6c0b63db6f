import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { DataError, messageOf } from "../../core/errors.ts";

/** No line of a price file is longer: what comes without a line break for so long is no CSV. */
const MAX_LINE = 1_000_000;

/**
 * The lines of a text, in batches as they arrive; gzip is recognised by its first two bytes, whatever the name.
 * Line ends may be LF or CRLF; a byte order mark is dropped.
 * @throws DataError when the gzip data is cut short or broken, or the text is not UTF-8
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  try {
    for await (const chunk of plainBytes(bytes)) {
      const text = rest + decoder.decode(chunk, { stream: true });
      const lines = text.split("\n");
      rest = lines.pop()!;
      if (rest.length > MAX_LINE)
        throw new DataError(`${file}: a line of over ${MAX_LINE} characters is no CSV`);
      yield lines.map(withoutReturn);
    }
    rest += decoder.decode();
  } catch (thrown) {
    throw readError(thrown, file);
  }
  if (rest !== "") yield [withoutReturn(rest)];
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

async function* plainBytes(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const source = startingWith(bytes, 2);
  const first = await source.next();
  if (first.done) return;
  const whole = chain(first.value, source);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* whole;
    return;
  }
  const input = Readable.from(whole);
  const gunzip = createGunzip();
  input.on("error", (fault) => gunzip.destroy(fault));
  yield* input.pipe(gunzip);
}

/** The same bytes, the first piece at least `count` long where there are so many. */
async function* startingWith(bytes: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of bytes) {
    if (held === undefined) yield chunk;
    else {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      if (held.length < count) continue;
      yield held;
      held = undefined;
    }
  }
  if (held !== undefined && held.length > 0) yield held;
}

async function* chain(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

function readError(thrown: unknown, file: string): Error {
  if (thrown instanceof DataError) return thrown;
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (code === "Z_BUF_ERROR") {
    return new DataError(`${file}: the gzip data ends too early, the file is cut short: fetch it again`);
  }
  if (code.startsWith("Z_")) return new DataError(`${file}: the gzip data is broken (${messageOf(thrown)})`);
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    return new DataError(`${file}: not UTF-8 text; a CSV (plain or gzip) is expected`);
  }
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
