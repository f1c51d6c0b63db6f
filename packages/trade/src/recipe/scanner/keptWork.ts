import { canonicalJson, sha256 } from "../../core/hash.ts";
import { openTrainingParts, type TrainingPart, type Workspace } from "../../store/index.ts";
import { orionVersion } from "../version.ts";

/** How a finished piece of work becomes bytes and is read again, to the bit. */
export interface PartCodec<T> {
  encode(value: T): TrainingPart;
  /** @throws an error where these are no bytes of such a piece */
  decode(part: TrainingPart): T;
}

/** Where a piece of work stands that has not ended. */
export interface Unfinished {
  /** SHA-256 of all that determines the piece */
  readonly key: string;
  /** as it was kept last; undefined where the piece begins */
  readonly from: TrainingPart | undefined;
  /** seconds of work that a crash may cost; the maker's own choice where it is not given */
  readonly everySeconds: number | undefined;
  save(part: TrainingPart): Promise<void>;
  /** What was kept cannot be gone on with: it is removed, and told of. */
  discard(reason: string): Promise<void>;
}

/** What one piece is called, and all that determines it beside the bars and the engine. */
export interface PartName {
  /** what people call its stage */
  readonly stage: string;
  readonly name: string;
  readonly determines: unknown;
}

/** Finished and unfinished pieces of a training in the workspace. */
export interface KeptWork {
  /**
   * A piece that was kept, else what `make` makes of it, which is kept. What is given back has gone through the codec in both
   * cases: a training that was interrupted computes with the same numbers as one that was not.
   * @param make is given undefined where nothing is kept at all
   */
  part<T>(
    which: PartName,
    codec: PartCodec<T>,
    make: (unfinished: Unfinished | undefined) => Promise<T>,
  ): Promise<T>;
}

/** A piece for a piece, without a trace. */
export const nothingKept: KeptWork = { part: (_which, _codec, make) => make(undefined) };

export interface TrainingWork extends KeptWork {
  /** what is kept of this training by now, in words; null for nothing */
  told(): string | null;
  /** The training has ended: nothing of it is kept any more. */
  clear(): Promise<void>;
}

export interface KeptWorkOptions {
  readonly recipe: string;
  /** what determines the training as a whole */
  readonly training: unknown;
  /** what determines each of its pieces */
  readonly common: unknown;
  /** without it nothing that was kept before is read */
  readonly resume: boolean;
  readonly everySeconds?: number | undefined;
  readonly say: (stage: string, message: string) => void;
}

/** The pieces of a recipe's training that the workspace keeps (see `openTrainingParts` for how long). */
export async function openKeptWork(workspace: Workspace, options: KeptWorkOptions): Promise<TrainingWork> {
  const { recipe, resume, say, everySeconds } = options;
  const engine = orionVersion();
  const training = sha256(canonicalJson({ training: options.training, engine }));
  const parts = await openTrainingParts(workspace, recipe, training, (line) => say("discarding", line));
  if (resume) {
    if (parts.found === 0)
      say("starting anew", `no part of an unfinished training of recipe '${recipe}' is kept`);
    else
      say(
        "going on",
        `${parts.found} parts of unfinished trainings are kept: those of the same recipe keys, bars and engine are taken over`,
      );
  }
  const stages = new Map<string, number>();
  let halfDone: string | null = null;

  async function decoded<T>(
    name: string,
    key: string,
    codec: PartCodec<T>,
  ): Promise<{ value: T } | undefined> {
    const part = await parts.read(name, key);
    if (!part) return undefined;
    try {
      return { value: codec.decode(part) };
    } catch {
      await parts.remove(name, key);
      say("discarding", `${name} as it was kept is none: it was removed, and is made anew`);
      return undefined;
    }
  }

  return {
    async part(which, codec, make) {
      const { stage, name, determines } = which;
      const key = sha256(canonicalJson({ name, determines, common: options.common, engine }));
      const count = (): void => void stages.set(stage, (stages.get(stage) ?? 0) + 1);
      const known = resume ? await decoded(name, key, codec) : undefined;
      if (known) {
        count();
        return known.value;
      }
      const half = `${name}-unfinished`;
      const from = resume ? await parts.read(half, key) : undefined;
      const value = await make({
        key,
        from,
        everySeconds,
        save: async (part) => {
          await parts.save(half, key, part);
          halfDone = name;
        },
        discard: async (reason) => {
          await parts.remove(half, key);
          say("discarding", `${name} cannot be gone on with (${reason}): it is made anew`);
        },
      });
      const part = codec.encode(value);
      await parts.save(name, key, part);
      await parts.remove(half, key);
      halfDone = null;
      count();
      return codec.decode(part);
    },
    told() {
      const all = [...stages].map(([stage, n]) => `${n} ${n === 1 ? "part" : "parts"} of ${stage}`);
      if (halfDone !== null) all.push(`where ${halfDone} stood`);
      return all.length === 0 ? null : all.join(", ");
    },
    clear: () => parts.clear(),
  };
}

/** The bytes of numbers, as a part keeps them. */
export function bytesOf(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** @throws RangeError where these are not as many float32 */
export function float32Of(bytes: Uint8Array | undefined, length: number): Float32Array {
  if (bytes?.byteLength !== 4 * length)
    throw new RangeError(`${bytes?.byteLength} bytes, not of ${length} float32`);
  return new Float32Array(bytes.buffer, bytes.byteOffset, length);
}

/** @throws RangeError where these are not as many float64 */
export function float64Of(bytes: Uint8Array | undefined, length: number): Float64Array {
  if (bytes?.byteLength !== 8 * length)
    throw new RangeError(`${bytes?.byteLength} bytes, not of ${length} float64`);
  return new Float64Array(bytes.buffer, bytes.byteOffset, length);
}
