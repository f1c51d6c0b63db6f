import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { openWorkspace, readTrials } from "../../store/index.ts";
import type { TinyWorkspace } from "../testing/tinyRecipe.ts";
import { loadScanner, scannerProfile } from "./loadScanner.ts";
import { scannerBars } from "./scannerBars.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { scannerRows } from "./scannerTableOf.ts";
import { tinyScanner } from "./testing/tinyScanner.ts";
import { foldLosses, meanLoss, toldLoss } from "./tuneLosses.ts";
import { type TuneOptions, tuneScanner } from "./tuneScanner.ts";
import { parseTuneSpace } from "./tuneSpaceFile.ts";
import { TUNE_SPACES, tuneBase, withValues } from "./tuneSpaces.ts";
import { decodeTuneTable, encodeTuneTable, tuneTableKey } from "./tuneTable.ts";

let tiny: TinyWorkspace;
let recipe: ScannerRecipe;
const asked: TuneOptions = { base: "logistic", method: "random", trials: 4, without: ["timeframes", "risk"] };
const contextOf = (signal?: AbortSignal) => ({
  workspace: tiny.workspace,
  now: tiny.now,
  ...(signal ? { signal } : {}),
});
const counted = async (): Promise<number> =>
  (await readTrials(await openWorkspace(tiny.workspace))).trials.length;
/** Takes the journals away; the table stays. */
const startAnew = async (): Promise<void> => {
  const folder = join(tiny.workspace, "tune");
  for (const name of await readdir(folder).catch(() => []))
    if (name.endsWith(".jsonl")) await rm(join(folder, name));
};

beforeAll(async () => {
  tiny = await tinyScanner();
  recipe = scannerProfile(await loadScanner(tiny.recipe), "full");
});
afterAll(() => tiny.dispose());

describe("tune of a base model", () => {
  it("counts every trial, keeps the journal, and begins from the kept table when it goes on", async () => {
    await startAnew();
    const before = await counted();
    const found = await tuneScanner(contextOf(), recipe, asked);
    expect(found.trials.run).toBe(4);
    expect((await counted()) - before).toBe(4);
    expect(found.table.kept).toBe(false);
    expect((await readFile(found.journal, "utf8")).trimEnd().split("\n")).toHaveLength(4);
    expect(found.warnings.join()).toMatch(/best of 4 trials/);
    expect(found.warnings.join()).toMatch(/without the columns of timeframes and risk/);
    expect(found.yaml).toMatch(/^stack:\n {2}bases:\n {4}logistic:\n {6}kind: logistic\n/);

    await expect(tuneScanner(contextOf(), recipe, asked)).rejects.toThrow(/--resume/);
    const again = await tuneScanner(contextOf(), recipe, { ...asked, resume: true });
    // nothing was run again, so nothing was counted again
    expect((await counted()) - before).toBe(4);
    expect(again).toEqual({ ...found, table: { ...found.table, kept: true } });
  });

  it.each(["tpe", "asha"] as const)("ends with the same trials when it was stopped, %s", async (method) => {
    const options = { ...asked, method, trials: 6 };
    await startAnew();
    const whole = await tuneScanner(contextOf(), recipe, options);
    const journal = await readFile(whole.journal, "utf8");
    await startAnew();
    const stop = new AbortController();
    await expect(
      tuneScanner(contextOf(stop.signal), recipe, options, ({ stage, done }) => {
        if (stage === "search" && done === 3) stop.abort();
      }),
    ).rejects.toThrow(/abort/i);
    // what a kill in the middle of a write leaves
    await appendFile(whole.journal, '{"search":"');
    const resumed = await tuneScanner(contextOf(), recipe, { ...options, resume: true });
    expect(await readFile(whole.journal, "utf8")).toBe(journal);
    expect(resumed).toEqual({
      ...whole,
      table: { ...whole.table, kept: true },
      trials: { ...whole.trials, counted: expect.any(Number) },
    });
  });

  it("spends fewer folds on what promises little under asha", async () => {
    await startAnew();
    const found = await tuneScanner(contextOf(), recipe, { ...asked, method: "asha", trials: 8 });
    const trials = (await readFile(found.journal, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { rung: number; budget: number; settings: number });
    expect(new Set(trials.map(({ budget }) => budget))).toEqual(new Set([1, 2]));
    // one of three: of six or seven in the lowest rung, one or two
    const promoted = trials.filter(({ rung }) => rung === 1);
    expect(promoted.length).toBeGreaterThan(0);
    expect(promoted.length).toBeLessThanOrEqual(2);
  });

  it("scores the best as the folds' models do, and no other rows than those of training", async () => {
    await startAnew();
    const found = await tuneScanner(contextOf(), recipe, asked);
    const bars = await scannerBars(await openWorkspace(tiny.workspace), recipe);
    const known = scannerRows(recipe, bars);
    expect(found.rows).toBe(known.train.length);
    expect(found.rows).toBeLessThan(known.rows.length);
    const trials = (await readFile(found.journal, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { score: number });
    expect(found.best.score.value).toBe(Math.min(...trials.map(({ score }) => score)));
    expect(found.gain.overPresent.value).toBeCloseTo(found.present.score.value - found.best.score.value, 12);
  });

  it("makes a damaged table anew", async () => {
    await startAnew();
    const found = await tuneScanner(contextOf(), recipe, asked);
    const bytes = await readFile(found.table.path);
    bytes[bytes.length - 3]! ^= 1;
    await writeFile(found.table.path, bytes);
    const again = await tuneScanner(contextOf(), recipe, { ...asked, resume: true });
    expect(again.table.kept).toBe(false);
    expect(again.best).toEqual(found.best);
  });

  it.each([
    [{ base: "prophet" }, /base 'prophet' has no options to search/],
    [{ base: "naive" }, /base 'naive' has no options/],
    [{ space: { lambda: { kind: "uniform", low: -1, high: 1 } } }, /space\.lambda/],
    [{ space: { depth: { kind: "int", low: 1, high: 3, log: false } } }, /space\.[^:]*: .*depth/],
    [{ symbols: ["NONE"] }, /NONE .* is not stored/],
  ] as const)("refuses %j in one line", async (change, message) => {
    const options = { ...asked, ...change } as TuneOptions;
    const failure = await tuneScanner(contextOf(), recipe, options).catch((thrown: unknown) => thrown);
    expect(failure instanceof UsageError || failure instanceof DataError).toBe(true);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).not.toMatch(/\n/);
  });
});

describe("spaces", () => {
  it("every usual space leads to models that can be made", () => {
    for (const kind of Object.keys(TUNE_SPACES)) expect(tuneBase({}, kind).spec).toEqual({ kind });
    expect(tuneBase({ net: { kind: "mlp" } }, "mlp")).toMatchObject({ name: "net", isOwn: true });
  });

  it("writes layer sizes as the recipe has them", () => {
    expect(withValues({ kind: "mlp", epochs: 5 }, { hidden: "64,32", dropout: 0.2 })).toEqual({
      kind: "mlp",
      epochs: 5,
      hidden: [64, 32],
      dropout: 0.2,
    });
  });

  it("reads a file and names the line that is wrong", () => {
    expect(parseTuneSpace("leaves: { kind: int, low: 4, high: 9 }", "a.yaml")).toEqual({
      leaves: { kind: "int", low: 4, high: 9, log: false },
    });
    expect(() => parseTuneSpace("l2: { kind: uniform, low: 0, high: 1 }\nx: 3\n", "a.yaml")).toThrow(
      /^a\.yaml:2: x: /,
    );
    expect(() => parseTuneSpace("", "a.yaml")).toThrow(UsageError);
  });
});

describe("kept table", () => {
  it("reads back bit for bit, and nothing that is cut short or changed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.float()),
        fc.nat(),
        (rows, width, days, numbers, place) => {
          const next = (): number => numbers.next().value as number;
          const table = {
            data: {
              table: {
                names: Array.from({ length: width }, (_, f) => `ü${f}`),
                rows,
                values: Float32Array.from({ length: rows * width }, next),
              },
              target: {
                kind: "classes" as const,
                classes: ["BUY", "HOLD", "SELL"],
                y: Int32Array.from({ length: rows }, (_, i) => i % 3),
              },
            },
            spans: {
              time: Float64Array.from({ length: rows }, next),
              knownAt: Float64Array.from({ length: rows }, next),
              calendar: Float64Array.from({ length: days }, next),
            },
          };
          const bytes = encodeTuneTable(table, "key");
          expect(decodeTuneTable(bytes, "key")).toEqual(table);
          expect(() => decodeTuneTable(bytes, "other")).toThrow(DataError);
          expect(() => decodeTuneTable(bytes.subarray(0, place % bytes.length), "key")).toThrow(DataError);
          const body = bytes.indexOf(0x0a) + 1;
          const changed = Uint8Array.from(bytes);
          changed[body + (place % (bytes.length - body))]! ^= 1;
          expect(() => decodeTuneTable(changed, "key")).toThrow(DataError);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is found again when the base models change, not when anything before them does", () => {
    const key = (change: object, without: ("risk" | "timeframes")[] = []): string =>
      tuneTableKey({ ...recipe, ...change }, "bars", {}, without);
    const { stack } = recipe;
    expect(key({ stack: { ...stack, bases: { svm: { kind: "svm" }, naive: { kind: "naive" } } } })).toBe(
      key({}),
    );
    expect(key({ about: "other", initialCash: 5 })).toBe(key({}));
    for (const other of [
      key({ stack: { ...stack, folds: 3 } }),
      key({ seed: 8 }),
      key({ everyBars: 11 }),
      key({ risk: { windowBars: 300 } }),
      key({}, ["risk"]),
    ])
      expect(other).not.toBe(key({}));
  });
});

describe("losses", () => {
  const rows = 12;
  const table = {
    data: {
      table: { names: ["a"], rows, values: Float32Array.from({ length: rows }, (_, i) => i) },
      target: {
        kind: "classes" as const,
        classes: ["BUY", "HOLD", "SELL"],
        // the first fold's rows teach shares 2, 1, 3 of 6; the second's 3, 2, 1
        y: Int32Array.of(0, 0, 1, 2, 2, 2, 0, 0, 0, 1, 1, 2),
      },
    },
    spans: {
      time: Float64Array.from({ length: rows }, (_, i) => i),
      knownAt: Float64Array.from({ length: rows }, (_, i) => i),
      calendar: Float64Array.from({ length: rows }, (_, i) => i),
    },
  };
  const [early, late] = [Int32Array.of(0, 1, 2, 3, 4, 5), Int32Array.of(6, 7, 8, 9, 10, 11)];
  const folds = [
    { train: late, test: early, purged: 0, embargoed: 0 },
    { train: early, test: late, purged: 0, embargoed: 0 },
  ];
  const config = { folds: 2, embargoBars: 0, validationShare: 0 };

  it("are those of the other fold's shares, and the latest fold's alone with a budget of one", async () => {
    const losses = foldLosses({ table, folds, config, context: { seed: 1 } });
    const one = await losses({ kind: "naive" }, 1);
    expect([...one.subarray(0, 6)].every(Number.isNaN)).toBe(true);
    const both = await losses({ kind: "naive" });
    expect(both.subarray(6)).toEqual(one.subarray(6));
    // by hand: late rows by shares 2/6, 1/6, 3/6: -(3 ln 2/6 + 2 ln 1/6 + ln 3/6) / 6
    expect(meanLoss(one)).toBeCloseTo(-(3 * Math.log(2 / 6) + 2 * Math.log(1 / 6) + Math.log(3 / 6)) / 6, 6);
    // early rows by 3/6, 2/6, 1/6
    expect(meanLoss(both.map((v, i) => (i < 6 ? v : Number.NaN)))).toBeCloseTo(
      -(2 * Math.log(3 / 6) + Math.log(2 / 6) + 3 * Math.log(1 / 6)) / 6,
      6,
    );
  });

  it("have no interval from a handful of days, and a mean inside one from many", () => {
    const of = (days: number) =>
      toldLoss(
        Float64Array.from({ length: 5 * days }, (_, i) => Math.sin(i)),
        { days, overlapDays: 1, seed: 3 },
      );
    expect(of(6).interval).toBeNull();
    const { value, interval } = of(200);
    expect(interval!.low).toBeLessThan(value);
    expect(interval!.high).toBeGreaterThan(value);
  });
});
