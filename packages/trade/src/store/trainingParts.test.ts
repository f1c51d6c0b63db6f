import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sha256 } from "../core/hash.ts";
import { openTrainingParts } from "./trainingParts.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

let folder: string;
let workspace: Workspace;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-parts-"));
  workspace = await openWorkspace(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const key = sha256("a part");
const part = {
  meta: { windows: 3, about: "a line\nand another" },
  blobs: { graph: Uint8Array.of(1, 10, 255), none: new Uint8Array(0), more: Uint8Array.of(7) },
};
const home = (training: string): string => join(folder, "checkpoints", "tiny", training.slice(0, 16));
const [first, second, third] = [sha256("1"), sha256("2"), sha256("3")];
const fileIn = async (training: string): Promise<string> =>
  join(home(training), (await readdir(home(training)))[0]!);

test("a part is read as it was saved, by its name and key alone", async () => {
  const parts = await openTrainingParts(workspace, "tiny", first);
  expect(parts.found).toBe(0);
  await parts.save("net-1d", key, part);
  expect(await parts.read("net-1d", key)).toEqual(part);
  expect(await parts.read("net-1d", sha256("another"))).toBeUndefined();
  expect(await parts.read("net-1h", key)).toBeUndefined();
  expect((await openTrainingParts(workspace, "tiny", first)).found).toBe(1);
  await expect(parts.save("../net", key, part)).rejects.toThrow(RangeError);
});

test.each([
  ["cut short", (path: string) => truncate(path, 150)],
  ["emptied", (path: string) => truncate(path, 0)],
  [
    "altered in one byte",
    async (path: string) => {
      const bytes = await readFile(path);
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(path, bytes);
    },
  ],
  [
    "given another meaning",
    async (path: string) => {
      const bytes = await readFile(path);
      bytes[bytes.indexOf('"windows":3') + 10] = 0x34;
      await writeFile(path, bytes);
    },
  ],
])("a part that was %s is removed, told of, and not believed", async (_what, harm) => {
  const told: string[] = [];
  const parts = await openTrainingParts(workspace, "tiny", first, (line) => told.push(line));
  await parts.save("risk", key, part);
  const path = await fileIn(first);
  await harm(path);
  expect(await parts.read("risk", key)).toBeUndefined();
  expect(told).toEqual([expect.stringContaining(`${path} is cut short or was altered`)]);
  expect(await readdir(home(first))).toEqual([]);
});

test("a file of another key under this one's name is not believed", async () => {
  const parts = await openTrainingParts(workspace, "tiny", first);
  const other = `${key.slice(0, 16)}${sha256("x").slice(16)}`;
  await parts.save("risk", other, part);
  expect(await parts.read("risk", key)).toBeUndefined();
});

test("another training's part of the same key is taken over, and outlives that training", async () => {
  const before = await openTrainingParts(workspace, "tiny", first);
  await before.save("risk", key, part);
  const parts = await openTrainingParts(workspace, "tiny", second);
  expect(parts.found).toBe(1);
  expect(await parts.read("risk", key)).toEqual(part);
  await before.clear();
  expect(await parts.read("risk", key)).toEqual(part);
  await parts.clear();
  // nothing is left of the recipe
  expect(await readdir(join(folder, "checkpoints"))).toEqual([]);
});

test("of a recipe's trainings the two newest are kept, of another recipe nothing is touched", async () => {
  for (const [i, training] of [first, second].entries()) {
    await (await openTrainingParts(workspace, "tiny", training)).save("risk", key, part);
    await utimes(home(training), 1000 + i, 1000 + i);
  }
  await (await openTrainingParts(workspace, "small", first)).save("risk", key, part);
  const parts = await openTrainingParts(workspace, "tiny", third);
  await parts.save("risk", key, part);
  const names = (all: string[]): string[] => all.map((training) => training.slice(0, 16)).sort();
  expect((await readdir(join(folder, "checkpoints", "tiny"))).sort()).toEqual(names([second, third]));
  expect(await readdir(join(folder, "checkpoints", "small"))).toEqual(names([first]));
});
