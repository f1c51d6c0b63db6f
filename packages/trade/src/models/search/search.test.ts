import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import { LogisticConfig, logisticPart } from "../tabular/logistic.ts";
import { plantedRows } from "../tabular/tabularContract.ts";
import { PurgedKFoldConfig, purgedKFold } from "../validation/purgedKFold.ts";
import { purgedLoss } from "./purgedLoss.ts";
import { SearchConfig, type SearchObjective, search } from "./search.ts";
import { memoryJournal, parseSearchLines, type SearchTrial, searchLine } from "./searchJournal.ts";
import { drawValues, SearchSpace } from "./searchSpace.ts";
import { proposeByTpe } from "./tpe.ts";

const plane = { x: { kind: "uniform", low: -5, high: 10 }, y: { kind: "uniform", low: 0, high: 15 } };
/** Branin's function (Dixon and Szegö 1978): least value 0.397887 at three places. */
const branin: SearchObjective = async ({ x, y }) => {
  const [a, b] = [Number(x), Number(y)];
  const inner = b - (5.1 / (4 * Math.PI ** 2)) * a * a + (5 / Math.PI) * a - 6;
  return inner ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
};
const config = (given: object): SearchConfig =>
  SearchConfig.parse({ space: plane, evaluations: 40, ...given });
const ports = (trials: SearchTrial[] = []) => ({ journal: memoryJournal(trials), count: async () => {} });

describe("search", () => {
  it("by TPE finds better places than by chance: Branin's function over 40 seeds", async () => {
    let wins = 0;
    const regrets = { random: 0, tpe: 0 };
    for (let seed = 0; seed < 40; seed++) {
      const of = async (kind: "random" | "tpe") =>
        (await search(config({ sampler: { kind }, seed, evaluations: 60 }), branin, ports())).best.score! -
        0.397887;
      const [random, tpe] = [await of("random"), await of("tpe")];
      expect(Math.min(random, tpe)).toBeGreaterThanOrEqual(-1e-6);
      if (tpe < random) wins++;
      regrets.random += random / 40;
      regrets.tpe += tpe / 40;
    }
    // by chance 27 or more of 40 would happen once in 50 runs (binomial, p = 1/2)
    expect(wins).toBeGreaterThanOrEqual(27);
    expect(regrets.tpe).toBeLessThan(regrets.random / 2);
  });

  it("by TPE comes back to the choice that is best: 20 of 30 draws or more, by chance 6", async () => {
    const space = { way: { kind: "choice", values: ["a", "b", "c", "d", "e"] } };
    const { trials } = await search(
      config({ space, evaluations: 40, sampler: { kind: "tpe", startup: 10, gamma: 0.25 } }),
      async ({ way }) => (way === "c" ? 0 : 1),
      ports(),
    );
    expect(trials.slice(10).filter(({ values }) => values.way === "c").length).toBeGreaterThanOrEqual(20);
  });

  it("by halving promotes by hand: η = 2, budgets 1, 2, 4", async () => {
    // the loss of the settings drawn as number s, in order, whatever they are; it does not change with the budget
    const losses = [0.5, 0.3, 0.4, 0.6, 0.2, 0.9];
    const seen: string[] = [];
    const objective: SearchObjective = async ({ x }) => {
      if (!seen.includes(String(x))) seen.push(String(x));
      return losses[seen.indexOf(String(x))]!;
    };
    const { trials, best } = await search(
      config({
        sampler: { kind: "random" },
        halving: { minBudget: 1, maxBudget: 4, reduction: 2 },
        evaluations: 10,
      }),
      objective,
      ports(),
    );
    // settings/rung: 0/0 and 1/0, then 1 is the best of two: 1/1; 2/0; three done, one to promote, it was: 3/0; of four two: 2/1;
    // of the two in rung 1 the best is 1: 1/2; 4/0; five done, two to promote: 4 and 1: 4/1; of three in rung 1 one: 4: 4/2
    expect(trials.map(({ settings, rung }) => `${settings}/${rung}`)).toEqual(
      "0/0 1/0 1/1 2/0 3/0 2/1 1/2 4/0 4/1 4/2".split(" "),
    );
    expect(trials.map(({ budget }) => budget)).toEqual([1, 1, 2, 1, 1, 2, 4, 1, 2, 4]);
    expect([best.settings, best.score]).toEqual([4, 0.2]);
  });

  it.each([
    { sampler: { kind: "tpe", startup: 5 } },
    { sampler: { kind: "random" }, halving: { minBudget: 1, maxBudget: 9, reduction: 3 }, parallel: 4 },
    {
      sampler: { kind: "tpe", startup: 4 },
      halving: { minBudget: 1, maxBudget: 4, reduction: 2 },
      parallel: 3,
    },
  ])("goes on from any line of its journal bit for bit: %j", async (given) => {
    const own = config({ ...given, evaluations: 30 });
    const noisy: SearchObjective = async (values, context) =>
      (await branin(values, context)) / (context.budget ?? 1);
    const whole = ports();
    const { trials, best } = await search(own, noisy, whole);
    expect(trials.map(({ number }) => number)).toEqual(trials.map((_, i) => i));
    for (const cut of [0, 1, 7, 14, 22, 29, 30]) {
      const text = trials.slice(0, cut).map(searchLine).join("");
      const resumed = await search(own, noisy, ports(parseSearchLines(`${text}{"search":"torn`)));
      expect(resumed.trials).toEqual(trials);
      expect(resumed.best).toEqual(best);
    }
    const longer = await search({ ...own, evaluations: 36 }, noisy, ports(trials.slice(0, 17)));
    expect(longer.trials.slice(0, 30)).toEqual(trials);
  });

  it("counts every trial, failed ones too, before the next is proposed", async () => {
    const counted: SearchTrial[] = [];
    const journal = memoryJournal();
    const { trials, best } = await search(
      config({ evaluations: 20 }),
      async (values, context) => {
        if (context.seed !== 0) throw new Error("another seed");
        if (Number(values.x) < 0) throw new DataError("too few rows");
        return Number(values.y) < 3 ? Number.NaN : branin(values, context);
      },
      {
        journal,
        count: async (trial) => {
          expect(journal.trials.length).toBe(counted.length);
          counted.push(trial);
        },
      },
    );
    expect(counted).toEqual(trials);
    expect(journal.trials).toEqual(trials);
    const reasons = new Set(trials.map(({ reason }) => reason));
    expect([...reasons].sort()).toEqual(["the score is NaN", "too few rows", null].sort());
    expect(best.score).toBe(Math.min(...trials.flatMap(({ score }) => (score === null ? [] : [score]))));
  });

  it("seeks the largest where it is told to", async () => {
    const { best, trials } = await search(
      config({ direction: "maximize", evaluations: 15 }),
      branin,
      ports(),
    );
    expect(best.score).toBe(Math.max(...trials.map(({ score }) => score!)));
  });

  it("refuses a journal that is not its own, and stops between two trials", async () => {
    const { trials } = await search(config({ evaluations: 5 }), branin, ports());
    await expect(search(config({ seed: 1 }), branin, ports([...trials]))).rejects.toThrow(/another search/);
    const altered = trials.with(2, { ...trials[2]!, values: { x: 1, y: 1 } });
    await expect(search(config({}), branin, ports(altered))).rejects.toThrow(/trial 2 is not what/);
    await expect(search(config({}), branin, ports(trials.slice(1)))).rejects.toThrow(
      /trial 1 stands where trial 0/,
    );
    expect(() => parseSearchLines(`${searchLine(trials[0]!)}{"search":1}\n`)).toThrow(/line 2: damaged/);
    await expect(search(config({ evaluations: 4 }), async () => Number.NaN, ports())).rejects.toThrow(
      /all 4 trials failed, the last one: the score is NaN/,
    );
    const controller = new AbortController();
    const journal = memoryJournal();
    const run = search(config({}), branin, {
      journal,
      count: async (trial) => {
        if (trial.number === 6) controller.abort();
      },
      signal: controller.signal,
    });
    await expect(run).rejects.toThrow(/abort/i);
    expect(journal.trials.length).toBe(7);
  });

  it("finds a better penalty by the purged loss of a model than the worst of its range", async () => {
    const data = plantedRows("classes", 120);
    const time = Float64Array.from({ length: 120 }, (_, t) => t);
    const folds = purgedKFold(
      { time, knownAt: time.map((t) => t + 1) },
      PurgedKFoldConfig.parse({ folds: 3 }),
    );
    const space = { lambda: { kind: "logUniform", low: 1e-5, high: 10 } };
    const { best } = await search(
      SearchConfig.parse({ space, evaluations: 12, sampler: { kind: "tpe", startup: 5 } }),
      ({ lambda }, { seed }) =>
        purgedLoss(logisticPart.create(LogisticConfig.parse({ lambda: Number(lambda) })), data, folds, {
          seed,
        }),
      ports(),
    );
    expect(best.values.lambda).toBeLessThan(0.1);
    expect(best.score).toBeLessThan(0.7);
  });
});

describe("spaces", () => {
  const range = fc.oneof(
    fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 40 })).map(([low, step]) => ({
      kind: "int" as const,
      low,
      high: low + step,
    })),
    fc
      .tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0.1, max: 9, noNaN: true }))
      .map(([low, step]) => ({ kind: "uniform" as const, low, high: low + step })),
    fc
      .double({ min: 1e-6, max: 1, noNaN: true })
      .map((low) => ({ kind: "logUniform" as const, low, high: low * 50 })),
    fc.constant({ kind: "int" as const, low: 1, high: 100, log: true }),
    fc.constant({ kind: "choice" as const, values: ["gini", true, 3] }),
  );

  it("are never left, by chance or by TPE, whatever was seen", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), range, { minKeys: 1, maxKeys: 4 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.array(fc.oneof(fc.double({ noNaN: true }), fc.constant(Number.POSITIVE_INFINITY)), {
          minLength: 2,
          maxLength: 25,
        }),
        (given, seed, losses) => {
          const space = SearchSpace.parse(given);
          const random = seededRandom(seed);
          const observed = losses.map((loss) => ({ values: drawValues(space, random), loss }));
          const options = { startup: 2, gamma: 0.25, candidates: 8 };
          const told = [
            ...observed.map(({ values }) => values),
            proposeByTpe(space, observed, options, random),
          ];
          for (const values of told)
            for (const [name, own] of Object.entries(space)) {
              const value = values[name]!;
              if (own.kind === "choice") expect(own.values).toContain(value);
              else {
                expect(value).toBeGreaterThanOrEqual(own.low);
                expect(value).toBeLessThanOrEqual(own.high);
                if (own.kind === "int") expect(Number.isInteger(value)).toBe(true);
              }
            }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("refuse ranges that are none", () => {
    const parse = (space: unknown) => SearchSpace.safeParse(space).success;
    expect(parse({})).toBe(false);
    expect(parse({ a: { kind: "uniform", low: 2, high: 1 } })).toBe(false);
    expect(parse({ a: { kind: "logUniform", low: 0, high: 1 } })).toBe(false);
    expect(parse({ a: { kind: "int", low: 0, high: 4, log: true } })).toBe(false);
    expect(parse({ a: { kind: "int", low: 0, high: 4.5 } })).toBe(false);
    expect(parse({ a: { kind: "choice", values: [] } })).toBe(false);
  });
});
