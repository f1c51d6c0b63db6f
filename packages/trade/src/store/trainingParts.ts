import { readdir, readFile, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DataError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { writeAtomically } from "./atomicFile.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

/** A piece of a training's work: what it says of itself, plain JSON, and its bytes by name. */
export interface TrainingPart {
  readonly meta: unknown;
  readonly blobs: Readonly<Record<string, Uint8Array>>;
}

/** The pieces of one training that are kept until it has ended, so that an interrupted one goes on. */
export interface TrainingParts {
  /** how many there were when it was opened, those of another training of the recipe included */
  readonly found: number;
  /** undefined when there is none; one that is cut short or altered is removed, told of, and counts as none */
  read(name: string, key: string): Promise<TrainingPart | undefined>;
  /** As a whole: a crash while writing leaves the one before. */
  save(name: string, key: string, part: TrainingPart): Promise<void>;
  remove(name: string, key: string): Promise<void>;
  /** Removes all of this training. */
  clear(): Promise<void>;
}

/** Unfinished trainings of a recipe whose parts are kept, the one at work included. */
const KEPT_TRAININGS = 2;

/**
 * Opens `checkpoints/RECIPE/TRAINING/`, where parts lie as NAME-KEY.part; a key is the SHA-256 of all that determines a part.
 * A part of the same name and key that another training of the recipe left is as good as an own one. Of a recipe the
 * two newest trainings are kept, this one among them; older ones are removed here.
 * @param recipe small letters, digits and dashes
 * @param training SHA-256 of all that determines the training
 * @param onDamaged is told in one line of each part that was discarded
 */
export async function openTrainingParts(
  workspace: Workspace,
  recipe: string,
  training: string,
  onDamaged: (line: string) => void = () => {},
): Promise<TrainingParts> {
  const home = workspacePath(workspace, "checkpoints", recipe);
  const own = join(home, training.slice(0, 16));
  const others = (await newestFirst(home)).filter((folder) => folder !== own);
  for (const old of others.splice(KEPT_TRAININGS - 1)) await rm(old, { recursive: true, force: true });
  let found = 0;
  for (const folder of [own, ...others])
    found += (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".part")).length;
  const pathIn = (folder: string, name: string, key: string): string =>
    join(folder, `${checkName(name)}-${key.slice(0, 16)}.part`);
  return {
    found,
    async read(name, key) {
      for (const folder of [own, ...others]) {
        const path = pathIn(folder, name, key);
        const bytes = await bytesOf(path);
        if (!bytes) continue;
        try {
          const part = decodePart(bytes, key);
          // a training that ends removes its own folder alone: what it took over must be in it
          if (folder !== own) await writeAtomically(pathIn(own, name, key), bytes);
          return part;
        } catch (thrown) {
          if (!(thrown instanceof DataError)) throw thrown;
          onDamaged(`${path} ${thrown.message}: it was removed, and that part is made anew`);
          await rm(path, { force: true });
        }
      }
      return undefined;
    },
    save: async (name, key, part) => writeAtomically(pathIn(own, name, key), encodePart(part, key)),
    remove: async (name, key) => rm(pathIn(own, name, key), { force: true }),
    async clear() {
      await rm(own, { recursive: true, force: true });
      await rmdir(home).catch(() => undefined); // another training's parts, or none at all
    },
  };
}

const FORMAT = "orion training part 1";

const Header = z.strictObject({
  format: z.literal(FORMAT),
  key: z.string(),
  meta: z.unknown(),
  blobs: z.array(z.tuple([z.string(), z.int().nonnegative()])),
});

/** A line with the SHA-256 of all that follows, a line of JSON, then the blobs one behind the other. */
function encodePart({ meta, blobs }: TrainingPart, key: string): Uint8Array {
  const all = Object.entries(blobs);
  const header = {
    format: FORMAT,
    key,
    meta,
    blobs: all.map(([name, { byteLength }]) => [name, byteLength]),
  };
  const pieces = [Buffer.from(`${JSON.stringify(header)}\n`, "utf8"), ...all.map(([, bytes]) => bytes)];
  return Buffer.concat([Buffer.from(`${sha256(...pieces)}\n`, "utf8"), ...pieces]);
}

/** @throws DataError with what is wrong, as the end of a sentence that names the file */
function decodePart(bytes: Uint8Array, key: string): TrainingPart {
  const body = bytes.subarray(65);
  const told = Buffer.from(bytes.subarray(0, 65)).toString("latin1");
  if (told !== `${sha256(body)}\n`) throw new DataError("is cut short or was altered");
  const end = body.indexOf(0x0a);
  let header: z.output<typeof Header>;
  try {
    header = Header.parse(JSON.parse(Buffer.from(body.subarray(0, end)).toString("utf8")));
  } catch {
    throw new DataError("is no part of a training");
  }
  if (header.key !== key) throw new DataError("is of another training");
  let at = end + 1;
  const blobs: Record<string, Uint8Array> = {};
  for (const [name, length] of header.blobs) {
    // a copy begins on a boundary that all typed arrays can lie on
    blobs[name] = new Uint8Array(body.subarray(at, at + length));
    at += length;
  }
  return { meta: header.meta, blobs };
}

async function newestFirst(home: string): Promise<string[]> {
  const found: { path: string; at: number }[] = [];
  for (const entry of await readdir(home, { withFileTypes: true }).catch(() => [])) {
    const path = join(home, entry.name);
    // a folder's time is that of the last part that was put into it
    if (entry.isDirectory()) found.push({ path, at: (await stat(path)).mtimeMs });
  }
  return found.sort((a, b) => b.at - a.at || (a.path < b.path ? -1 : 1)).map(({ path }) => path);
}

async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

function checkName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) return name;
  throw new RangeError(`'${name}' is no name of a training's part`);
}
