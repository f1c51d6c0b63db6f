import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DataError, messageOf, UsageError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { flush, writeError } from "./atomicFile.ts";
import { isProcessAlive } from "./processes.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

const MANIFEST = "manifest.json";

const fileSchema = z.object({ sha256: z.string(), bytes: z.number().int().nonnegative() });

/** What every stored model says of itself; its maker adds what it likes. */
export const modelManifestSchema = z.looseObject({
  id: z.string(),
  /** ms UTC */
  savedAt: z.number(),
  files: z.record(z.string(), fileSchema),
});
export type ModelManifest = z.output<typeof modelManifestSchema>;

/** A stored model: its manifest and, by name, the bytes of its files. */
export interface StoredModel {
  readonly manifest: ModelManifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** An id for something new: lower-case words and digits with hyphens, unique by its random end. */
export function newId(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString("hex")}`;
}

/** @throws UsageError when the text cannot be the id of a model or run */
export function checkId(id: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,79}$/i.test(id) && !id.includes("..")) return id;
  throw new UsageError(`'${id}' is no id: letters, digits, '.', '_' and '-' are expected`);
}

/**
 * Saves a model as `models/ID/` with its files and `manifest.json`, in place as a whole: a crash leaves no part of it.
 * Keys `id`, `savedAt` and `files` of the manifest are set here.
 * @throws UsageError when the id is taken, DataError on a full disk
 */
export async function saveModel(
  workspace: Workspace,
  id: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  manifest: Readonly<Record<string, unknown>>,
): Promise<ModelManifest> {
  const folder = modelFolder(workspace, id);
  if (existsSync(folder))
    throw new UsageError(`model ${id} exists already: delete it first or choose another id`);
  const contents = Object.entries(files).map(([name, content]) => {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    return { name, bytes, entry: { sha256: sha256(bytes), bytes: bytes.byteLength } };
  });
  const full: ModelManifest = {
    ...manifest,
    id,
    savedAt: workspace.now(),
    files: Object.fromEntries(contents.map(({ name, entry }) => [name, entry])),
  };
  await saveFolder(folder, [
    ...contents,
    { name: MANIFEST, bytes: Buffer.from(`${JSON.stringify(full, null, 2)}\n`, "utf8") },
  ]);
  return full;
}

/**
 * Loads a model, every file checked against the hash in its manifest.
 * @throws DataError when there is no such model, a file is missing, cut short or changed
 */
export async function loadModel(workspace: Workspace, id: string): Promise<StoredModel> {
  const manifest = await readManifest(workspace, id);
  const files = new Map<string, Uint8Array>();
  for (const [name, expected] of Object.entries(manifest.files)) {
    const path = workspacePath(workspace, "models", id, name);
    const bytes = await readFile(path).catch((thrown: unknown) => {
      throw new DataError(`model ${id} lacks ${path} (${messageOf(thrown)}): train it again`);
    });
    if (bytes.byteLength !== expected.bytes || sha256(bytes) !== expected.sha256) {
      throw new DataError(
        `${path} is damaged (${bytes.byteLength} bytes of ${expected.bytes}, or another hash than its manifest's): ` +
          `delete model ${id} and train it again`,
      );
    }
    files.set(name, bytes);
  }
  return { manifest, files };
}

/** A model's manifest alone. @throws DataError when there is no such model or its manifest is damaged */
export async function readManifest(workspace: Workspace, id: string): Promise<ModelManifest> {
  const path = join(modelFolder(workspace, id), MANIFEST);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    throw new DataError(`no model ${id} in ${workspace.dir}: see orion models list`);
  }
  try {
    return modelManifestSchema.parse(JSON.parse(text));
  } catch (thrown) {
    throw new DataError(`${path} is damaged: delete model ${id} and train it again`, { cause: thrown });
  }
}

/** Manifests of all models, newest first. A folder whose manifest is damaged is named in `damaged`. */
export async function listModels(
  workspace: Workspace,
): Promise<{ models: ModelManifest[]; damaged: { id: string; reason: string }[] }> {
  const folder = workspacePath(workspace, "models");
  const models: ModelManifest[] = [];
  const damaged: { id: string; reason: string }[] = [];
  if (!existsSync(folder)) return { models, damaged };
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
    try {
      models.push(await readManifest(workspace, entry.name));
    } catch (thrown) {
      damaged.push({ id: entry.name, reason: messageOf(thrown) });
    }
  }
  models.sort((a, b) => b.savedAt - a.savedAt || (a.id < b.id ? -1 : 1));
  return { models, damaged };
}

/** @throws DataError when there is no such model */
export async function deleteModel(workspace: Workspace, id: string): Promise<void> {
  const folder = modelFolder(workspace, id);
  if (!existsSync(folder)) throw new DataError(`no model ${id} in ${workspace.dir}: see orion models list`);
  // renamed first: a deletion that is interrupted leaves no half model behind
  const doomed = workspacePath(
    workspace,
    "models",
    `.deleted-${process.pid}-${randomBytes(4).toString("hex")}`,
  );
  await rename(folder, doomed);
  await rm(doomed, { recursive: true, force: true });
}

/**
 * Puts a folder of files in place as a whole: written beside it under a hidden name, flushed, renamed.
 * @throws DataError on a full disk; nothing is left then
 */
export async function saveFolder(
  folder: string,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  more?: (temporary: string) => Promise<void>,
): Promise<void> {
  const parent = join(folder, "..");
  const temporary = join(parent, `.saving-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    await mkdir(parent, { recursive: true });
    await removeAbandoned(parent);
    await mkdir(temporary);
    for (const { name, bytes } of files) {
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw new RangeError(`'${name}' is no name of a file`);
      const file = await open(join(temporary, name), "wx");
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    await more?.(temporary);
    await flush(temporary);
    await rename(temporary, folder);
    await flush(parent);
  } catch (thrown) {
    await rm(temporary, { recursive: true, force: true });
    throw writeError(thrown, folder);
  }
}

/** Removes what killed processes left half saved or half deleted. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(/^\.(?:saving|deleted)-(\d+)-/.exec(name)?.[1]);
    if (Number.isInteger(pid) && pid !== process.pid && !isProcessAlive(pid)) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
}

function modelFolder(workspace: Workspace, id: string): string {
  return workspacePath(workspace, "models", checkId(id));
}
