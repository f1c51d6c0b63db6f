import { existsSync } from "node:fs";
import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TrainingStatus } from "../../wire/training.ts";
import type { TinyWorkspace } from "../testing/tinyRecipe.ts";
import { loadScanner, scannerProfile } from "./loadScanner.ts";
import type { ScannerManifest } from "./scannerManifest.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { tinyScanner } from "./testing/tinyScanner.ts";
import { type TrainScannerOptions, trainScanner } from "./trainScanner.ts";

type Status = Partial<TrainingStatus>;

let tiny: TinyWorkspace;
let recipe: ScannerRecipe;
/** of a training that nothing interrupted */
let whole: ScannerManifest;

const models = () => join(tiny.workspace, "models");
const checkpoints = () => join(tiny.workspace, "checkpoints");

async function train(
  options: Partial<TrainScannerOptions> = {},
  onStatus: (status: Status) => void = () => {},
  own = recipe,
): Promise<{ model: ScannerManifest; told: Status[] }> {
  const told: Status[] = [];
  const context = { workspace: tiny.workspace, now: tiny.now };
  const model = await trainScanner(context, own, { profile: "full", ...options }, (status) => {
    told.push(status);
    onStatus(status);
  });
  return { model, told };
}

/** A training that is stopped at the first status that `isMoment`; what it said at its end. */
async function stopped(
  isMoment: (status: Status) => boolean,
  options: Partial<TrainScannerOptions> = {},
  own = recipe,
): Promise<string> {
  const stop = new AbortController();
  const context = { workspace: tiny.workspace, now: tiny.now, signal: stop.signal };
  let said = "";
  const work = trainScanner(context, own, { profile: "full", ...options }, (status) => {
    if (isMoment(status)) stop.abort();
    if (status.stage === "stopped") said = status.message ?? "";
  });
  await expect(work).rejects.toMatchObject({ name: "AbortError" });
  expect(stop.signal.aborted).toBe(true);
  expect(existsSync(models())).toBe(false);
  return said;
}

/** Names of the pieces that were not made but taken over. */
const takenOver = (told: readonly Status[]): string[] =>
  told.flatMap(({ stage, message }) =>
    message?.endsWith("kept") ? [message === "kept" ? stage! : message.replace(", kept", "")] : [],
  );
const at = (stage: string) => (status: Status) => status.stage === stage;

async function partFile(prefix: string): Promise<string> {
  const home = join(checkpoints(), recipe.name);
  const folder = join(home, (await readdir(home))[0]!);
  return join(folder, (await readdir(folder)).find((name) => name.startsWith(prefix))!);
}

beforeAll(async () => {
  tiny = await tinyScanner();
  recipe = scannerProfile(await loadScanner(tiny.recipe), "full");
  whole = (await train()).model;
}, 240_000);
afterAll(() => tiny.dispose());
beforeEach(async () => {
  await rm(models(), { recursive: true, force: true });
  await rm(checkpoints(), { recursive: true, force: true });
});

/** A manifest without the moment at which it was stored, and the program's commit, which may change under a test. */
function determined(model: ScannerManifest): object {
  const { savedAt: _savedAt, gitRevision: _revision, seal: _seal, ...rest } = model;
  return rest;
}

/** The same model, file by file, and nothing left beside it. */
async function expectWhole(model: ScannerManifest): Promise<void> {
  expect(model.id).toBe(whole.id);
  expect(model.files).toEqual(whole.files);
  expect(determined(model)).toEqual(determined(whole));
  expect(await readdir(checkpoints())).toEqual([]);
}

const nets = ["1d, fold 1 of 2", "1d, fold 2 of 2", "1d"];
const risk = "volatility and dependence";
const bases = ["logistic, fold 1 of 2", "logistic, fold 2 of 2", "naive, fold 1 of 2", "naive, fold 2 of 2"];
const finals = ["logistic", "naive"];

describe("a training of stages that is stopped goes on to the same model, byte for byte", () => {
  it.each([
    {
      moment: "within the first network",
      isMoment: (s: Status) => s.stage === "timeframe networks" && (s.step ?? 0) > 0.4,
      kept: [] as string[],
      said: "kept: where net-1d-fold1 stood",
    },
    {
      moment: "after the first network",
      isMoment: (s: Status) => s.stage === "timeframe networks" && (s.step ?? 0) >= 1,
      kept: nets.slice(0, 1),
      said: "kept: 1 part of timeframe networks",
    },
    {
      moment: "within the risk figures",
      isMoment: at(risk),
      kept: [...nets, risk],
      said: "kept: 3 parts of timeframe networks, where risk stood",
    },
    {
      moment: "after a base model's first fold",
      isMoment: (s: Status) => s.stage === "base models" && (s.step ?? 0) >= 1,
      kept: [...nets, risk, ...bases.slice(0, 1)],
      said: `kept: 3 parts of timeframe networks, 1 part of ${risk}, 1 part of base models`,
    },
    {
      moment: "after the first whole base model",
      isMoment: (s: Status) => s.stage === "base models" && (s.step ?? 0) >= 5,
      kept: [...nets, risk, ...bases, ...finals.slice(0, 1)],
      said: `kept: 3 parts of timeframe networks, 1 part of ${risk}, 5 parts of base models`,
    },
    {
      moment: "at the report",
      isMoment: at("testing"),
      kept: [...nets, risk, ...bases, ...finals],
      said: `kept: 3 parts of timeframe networks, 1 part of ${risk}, 6 parts of base models`,
    },
  ])("$moment", async ({ isMoment, kept, said }) => {
    expect(await stopped(isMoment)).toBe(said);
    const { model, told } = await train({ resume: true });
    expect(new Set(takenOver(told))).toEqual(new Set(kept));
    expect(told.some(at("going on"))).toBe(true);
    await expectWhole(model);
  });
}, 120_000);

describe("what is kept of a training of stages", () => {
  it("is not read without being asked for, and its absence is said", async () => {
    await stopped(at("testing"));
    const anew = await train();
    expect(takenOver(anew.told)).toEqual([]);
    await rm(models(), { recursive: true });
    const { model, told } = await train({ resume: true });
    expect(told.find(at("starting anew"))?.message).toMatch(/no part of an unfinished training .* is kept/);
    await expectWhole(model);
  });

  it("is not believed when it was cut short or altered", async () => {
    await stopped(at("testing"));
    await truncate(await partFile("net-1d-fold2"), 400);
    const path = await partFile("risk");
    const bytes = await readFile(path);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(path, bytes);
    const { model, told } = await train({ resume: true });
    const discarded = told.filter(at("discarding")).map(({ message }) => message);
    expect(discarded).toEqual([
      expect.stringMatching(/net-1d-fold2-.*cut short or was altered: it was removed/),
      expect.stringMatching(/risk-.*cut short or was altered: it was removed/),
    ]);
    expect(takenOver(told)).toEqual([nets[0], nets[2], ...bases, ...finals]);
    await expectWhole(model);
  });

  it("serves a recipe that differs in later stages only, which takes over what its own keys do not change", async () => {
    const other = structuredClone(recipe);
    Object.assign(other.stack.bases.logistic!, { lambda: 0.5 });
    await stopped(at("testing"), {}, other);
    const { model, told } = await train({ resume: true });
    const naive = (name: string): boolean => name.startsWith("naive");
    expect(takenOver(told)).toEqual([...nets, risk, ...bases.filter(naive), ...finals.filter(naive)]);
    expect(model.id).toBe(whole.id);
    expect(model.files).toEqual(whole.files);
  });

  it("is of no use to other networks, another seed or other bars", async () => {
    await stopped(at("testing"));
    const other = structuredClone(recipe);
    other.timeframes.training.learningRate *= 2;
    const changed = await train({ resume: true }, () => {}, other);
    // the risk figures do not depend on any network
    expect(takenOver(changed.told)).toEqual([risk]);
    const seeded = await train({ resume: true }, () => {}, { ...recipe, seed: 8 });
    expect(takenOver(seeded.told)).toEqual([risk]);
    const symbols = whole.data.symbols.slice(0, -2).map(({ symbol }) => symbol);
    const fewer = await train({ resume: true, symbols });
    expect(takenOver(fewer.told)).toEqual([]);
  });
}, 120_000);
