import { describe, expect, it, test } from "vitest";
import { DataError } from "../../core/errors.ts";
import { DAY_MS } from "../../core/time.ts";
import { crossSection } from "../../features/crossSection/crossSection.ts";
import { type BarSeries, singlePanel, sliceBars } from "../../market/bars.ts";
import { type BesideSeries, besideColumns } from "../../market/panel/besideColumns.ts";
import { unionCalendar } from "../../models/multiTask/calendarSplit.ts";
import { AuditReport } from "../../wire/audit.ts";
import { tinyStock } from "../testing/tinyStocks.ts";
import type { AuditBars, AuditFill, AuditPipeline } from "./auditPipeline.ts";
import { runAudit } from "./runAudit.ts";
import {
  allRows,
  causal,
  type Faults,
  HORIZON,
  nearestNeighbour,
  toyBars,
  toyPipeline,
} from "./testing/toyPipeline.ts";

const options = { moments: 10, trials: 6, samples: 40, rowsPerClass: 200, seed: 3 };
const bars = toyBars(500);
const audit = (changes: Partial<AuditPipeline> = {}) => runAudit(toyPipeline(changes), bars, options);
const leakingChecks = (report: AuditReport) =>
  report.checks.filter((check) => check.verdict === "leak").map((check) => check.id);
const leakingColumns = (report: AuditReport) =>
  report.columns.filter((c) => c.leaks.length > 0).map((c) => `${c.kind} ${c.name}`);
const faulty = (faults: Faults): Partial<AuditPipeline> => ({
  fit: (data) => nearestNeighbour(data, faults),
});
/** The clean columns with the second replaced. */
const withColumn = (
  make: (close: Float64Array, time: Float64Array) => (t: number) => number,
): Partial<AuditPipeline> => ({
  features: (panel) => {
    const { close } = panel.series[0]!;
    const value = make(close, panel.closeTime);
    const clean = toyPipeline().features(panel);
    return [clean[0]!, Float32Array.from(close, (_, t) => value(t)), clean[2]!];
  },
});
const FOUR_DAYS = 4 * DAY_MS;

test("a pipeline that looks at nothing ahead is clean in every check and every column, and the report is the wire's", async () => {
  const report = await audit();
  expect(leakingChecks(report)).toEqual([]);
  expect(leakingColumns(report)).toEqual([]);
  expect(report.checks.map((check) => check.verdict)).toEqual(Array(6).fill("clean"));
  expect(report.verdict).toBe("clean");
  expect(AuditReport.parse(report)).toEqual(report);
  const of = (kind: string) => report.columns.filter((c) => c.kind === kind).map((c) => c.name);
  expect(of("feature")).toEqual(["return1", "mean8", "indexReturn1"]);
  expect([of("label"), of("membership"), of("model")]).toEqual([
    ["class", "forwardReturn"],
    ["in the universe"],
    ["weights"],
  ]);
  expect(report.moments.length).toBeGreaterThanOrEqual(8);
  expect(report.permutation[0]!.seeds).toHaveLength(6);
  expect(await audit()).toEqual(report);
});

describe("a planted leak is found by the check that is there for it:", () => {
  const columns: [string, Partial<AuditPipeline>][] = [
    ["a feature that is the label", withColumn((c) => (t) => c[t + HORIZON]! / c[t]! - 1)],
    [
      "a centred window",
      withColumn(
        (c) => (t) =>
          t < 2 ? Number.NaN : c[t]! / ((c[t - 2]! + c[t - 1]! + c[t]! + (c[t + 1] ?? c[t]!)) / 4),
      ),
    ],
    [
      // the four-day bar in which t lies, its close seen from its first day on
      "a higher timeframe's bar before it has closed",
      withColumn((c, time) => (t) => {
        let last = t;
        while (
          last + 1 < c.length &&
          Math.ceil(time[last + 1]! / FOUR_DAYS) === Math.ceil(time[t]! / FOUR_DAYS)
        )
          last++;
        return c[last]! / c[t]! - 1;
      }),
    ],
    [
      "a value scaled by the mean of all bars",
      withColumn((c) => {
        const mean = c.reduce((a, b) => a + b, 0) / c.length;
        return (t) => c[t]! / mean;
      }),
    ],
  ];
  it.each(columns)("%s", async (_, changes) => {
    const report = await audit(changes);
    expect(leakingChecks(report)).toEqual(expect.arrayContaining(["truncation", "perturbation"]));
    expect(report.columns.find((c) => c.name === "mean8" && c.kind === "feature")).toMatchObject({
      truncation: "leak",
      perturbation: "leak",
    });
    expect(report.columns.find((c) => c.name === "return1" && c.kind === "feature")).toMatchObject({
      truncation: "clean",
      perturbation: "clean",
    });
    expect(report.verdict).toBe("leak");
  });

  it("the same higher timeframe, seen once it has closed, is clean", async () => {
    const report = await audit(
      withColumn((c, time) => (t) => {
        let last = t;
        const isClosed = (row: number): boolean => time[row]! % FOUR_DAYS === 0;
        while (last >= 0 && !isClosed(last)) last--;
        return last < 0 || t < 8 ? Number.NaN : c[last]! / c[t]! - 1;
      }),
    );
    expect(leakingChecks(report)).toEqual([]);
  });

  it("a scaler fitted on all rows", async () => {
    const report = await audit(faulty({ scaled: allRows }));
    expect(leakingChecks(report)).toEqual(["truncation", "perturbation"]);
    expect(leakingColumns(report)).toEqual(
      expect.arrayContaining(["input f0", "input f1", "input f2", "model weights"]),
    );
    expect(leakingColumns(report).some((name) => name.startsWith("feature"))).toBe(false);
  });

  it("a scaler fitted on training and validation rows: only another validation part shows it", async () => {
    const report = await audit(
      faulty({ scaled: ({ train, validation }) => Int32Array.of(...train, ...validation) }),
    );
    expect(leakingChecks(report)).toEqual(["perturbation"]);
  });

  it("a selection on all rows", async () => {
    const whole = await audit(faulty({ selected: allRows }));
    expect(leakingChecks(whole)).toEqual(["truncation", "perturbation"]);
    expect(leakingColumns(whole)[0]).toMatch(/^input pc1/);
    const clean = await audit(faulty({ selected: ({ train }) => train }));
    expect(leakingChecks(clean)).toEqual([]);
  });

  it("today's universe: the symbols that stand highest at the end", async () => {
    const report = await audit({
      membership: ({ targets }, target) => {
        const ends = targets.map((t) => t.close[t.length - 1]! / t.close[0]!);
        const better = ends.filter((end) => end > ends[target]!).length;
        return new Uint8Array(targets[target]!.length).fill(better < 2 ? 1 : 0);
      },
    });
    expect(leakingColumns(report)).toContain("membership in the universe");
    expect(leakingChecks(report)).toEqual(expect.arrayContaining(["truncation", "perturbation"]));
  });

  it("a label that says it is known before it is", async () => {
    const clean = toyPipeline();
    const report = await audit({
      label: (panel) => {
        const { values, knownAt } = clean.label(panel);
        return {
          values,
          knownAt: knownAt.map((known, t) => (known < Infinity ? panel.closeTime[t]! : known)),
        };
      },
    });
    expect(leakingColumns(report)).toEqual(expect.arrayContaining(["label class", "label forwardReturn"]));
  });

  it("no purging", async () => {
    const clean = toyPipeline();
    const report = await audit({
      split: (rows) => {
        const split = clean.split(rows);
        const days = unionCalendar(rows.closeTime);
        const boundary = days.find((day) => day >= split.validation.from)!;
        const unpurged = rows.rows.filter((row) => rows.closeTime[row]! < boundary);
        return { ...split, train: { ...split.train, rows: unpurged } };
      },
    });
    expect(leakingChecks(report)).toContain("overlap");
    const { finding } = report.checks.find((check) => check.id === "overlap")!;
    // by hand: labels five days ahead of the last four days before the boundary, of 3 symbols; the fifth's is known at it
    expect(finding).toMatch(/^12 of \d+ train labels become known after/);
  });

  it("validation rows among the learned ones, which only shuffled labels bring to light in a model", async () => {
    const report = await audit(
      faulty({ learned: ({ train, validation }) => Int32Array.of(...train, ...validation) }),
    );
    expect(leakingChecks(report)).toContain("permutedLabels");
    expect(report.permutation[0]!.mean).toBeGreaterThan(0.9);
  });

  const sameBar =
    (told: (decided: number, next: number) => number) =>
    async (b: Parameters<NonNullable<AuditPipeline["trade"]>>[0], signals: Int8Array): Promise<AuditFill[]> =>
      [...signals].flatMap((signal, t) =>
        signal === 0 || t + 1 === b.length
          ? []
          : [
              {
                decided: b.closeTime[t]!,
                kind: "order" as const,
                time: b.closeTime[t]!,
                barTime: told(b.closeTime[t]!, b.closeTime[t + 1]!),
                price: b.close[t]!,
              },
            ],
      );
  it.each([
    ["a fill in the bar that decided it", sameBar((decided) => decided)],
    ["a fill that says it is the next bar's and has the deciding bar's price", sameBar((_, next) => next)],
  ])("%s", async (_, trade) => {
    const report = await audit({ trade });
    expect(leakingChecks(report)).toEqual(["fills"]);
  });

  it("a lookback that is declared too short", async () => {
    const report = await audit({
      // an average of infinite memory that says it forgets after eight bars
      features: (panel) => {
        const [return1, , index] = toyPipeline().features(panel);
        let ema = panel.series[0]!.close[0]!;
        const distance = Float32Array.from(panel.series[0]!.close, (c) => {
          ema += (c - ema) / 20;
          return c / ema - 1;
        });
        return [return1!, distance, index!];
      },
    });
    expect(leakingChecks(report)).toEqual(["warmUp"]);
    const column = report.columns.find((c) => c.name === "mean8" && c.kind === "feature")!;
    expect(column.warmUpDeviation).toBeGreaterThan(0.01);
  });
});

test("a recipe that trades nothing is not judged on its fills", async () => {
  const { trade: _, ...rest } = toyPipeline();
  const report = await runAudit(rest, bars, options);
  expect(report.checks.at(-1)).toMatchObject({ id: "fills", verdict: "not judged" });
  expect(report.verdict).toBe("clean");
});

test("it stops when it is told to, says how far it is, and refuses bars that hold no example", async () => {
  const stop = new AbortController();
  const told: { done: number; total: number | null; secondsLeft: number | null }[] = [];
  const run = runAudit(toyPipeline(), bars, {
    ...options,
    signal: stop.signal,
    onProgress: (p) => {
      told.push(p);
      if (p.done === 6) stop.abort();
    },
  });
  await expect(run).rejects.toThrow(/abort/i);
  expect(told.at(-1)).toMatchObject({ done: 6, total: expect.any(Number), secondsLeft: expect.any(Number) });
  const short = { ...bars, targets: bars.targets.map((t) => sliceBars(t, 0, 10)) };
  await expect(runAudit(toyPipeline(), short, options)).rejects.toThrow(DataError);
  await expect(runAudit(toyPipeline(), { ...bars, targets: [] }, options)).rejects.toThrow(/no symbol/);
});

test("the toy's own columns are what they say", () => {
  const { series } = toyPipeline().panel(bars, 0);
  const [return1] = causal({ length: 3, closeTime: bars.targets[0]!.closeTime, series });
  expect(return1![1]).toBeCloseTo(series[0]!.close[1]! / series[0]!.close[0]! - 1, 6);
});

describe("what stands beside the bars", () => {
  const stepMs = 10 * DAY_MS;
  const [target] = toyBars(500).targets;
  /** a settlement every ten days and a mark price every five: each rate or price stands until the next */
  const times = target!.closeTime.filter((_, t) => t % 10 === 0);
  const funding = {
    instrument: "AAA",
    length: times.length,
    time: times.map((time) => time + 7),
    rate: times.map((_, i) => ((i * 37) % 11) / 1e4),
  };
  const marks = sliceBars(tinyStock(8, "AAA", 500), 0, 500);
  const beside = [{ funding, mark: { bars: marks, stepMs: DAY_MS } }];
  const stored: AuditBars = { targets: [target!], context: toyBars(500).context, beside };
  const seenBy = (join: (one: BesideSeries) => BesideSeries): Partial<AuditPipeline> => ({
    columns: ["return1", "mean8", "fundingRate", "basis"],
    panel: (all, i) => {
      const bars = all.targets[i]!;
      const one = all.beside![i]!;
      return { ...singlePanel(bars), beside: besideColumns(bars, join(one)) };
    },
    features: (panel) => {
      const { funding: rate, mark, closeAtMark } = panel.beside!;
      const basis = Float32Array.from(mark!, (price, t) => closeAtMark![t]! / price - 1);
      // a rate of zero where none is known: a day of age is less than these ten
      return [...causal(panel), Float32Array.from(rate!, (r) => (Number.isNaN(r) ? 0 : r)), basis];
    },
  });
  const run = (changes: Partial<AuditPipeline>) => runAudit(toyPipeline(changes), stored, options);

  it("is cut off and changed with the bars: joined as of each close it is clean, in both columns", async () => {
    const report = await run(seenBy((one) => one));
    expect(leakingColumns(report)).toEqual([]);
    expect(report.verdict).toBe("clean");
    expect(report.notes).toContain("beside the bars: funding, mark; cut off and changed at the same moments");
  });

  it("finds the rate of the next settlement before it is settled", async () => {
    const report = await run(
      seenBy((one) => ({
        ...one,
        funding: { ...funding, ...one.funding, time: one.funding!.time.map((t) => t - stepMs) },
      })),
    );
    expect(leakingChecks(report)).toEqual(expect.arrayContaining(["truncation", "perturbation"]));
    expect(leakingColumns(report)).toContain("feature fundingRate");
    expect(leakingColumns(report)).not.toContain("feature basis");
  });

  it("finds a mark price before its bar has closed", async () => {
    const early = (series: BarSeries): BarSeries => ({
      ...series,
      closeTime: series.closeTime.map((t) => t - DAY_MS),
    });
    const report = await run(
      seenBy((one) => ({ ...one, mark: { bars: early(one.mark!.bars), stepMs: DAY_MS } })),
    );
    expect(leakingColumns(report)).toContain("feature basis");
    expect(leakingColumns(report)).not.toContain("feature fundingRate");
  });
});

describe("ranked in a universe", () => {
  const part = crossSection.create({ leastPeers: 1, leastSectorPeers: 1, sectorRelative: false });
  const all: AuditBars = {
    targets: ["AAA", "BBB", "CCC"].map((symbol, i) => tinyStock(i + 1, symbol, 700)),
    context: toyBars(700).context,
    peers: [tinyStock(11, "DDD", 700)],
  };
  const rankedBy = (read: (peer: BarSeries) => BarSeries): Partial<AuditPipeline> => ({
    columns: part.columns,
    lookback: part.lookback,
    panel: (bars, i) => ({
      ...singlePanel(bars.targets[i]!),
      peers: {
        barMs: DAY_MS,
        symbols: [...bars.targets, ...bars.peers!.map(read)].map((one) => ({
          bars: one,
          member: new Uint8Array(one.length).fill(1),
          sector: null,
        })),
      },
    }),
    features: (panel) => part.compute(panel),
  });
  const run = (changes: Partial<AuditPipeline>) => runAudit(toyPipeline(changes), all, options);

  it("is clean: no future of another symbol moves a rank, and the declared memory is enough", async () => {
    const report = await run(rankedBy((peer) => peer));
    expect(leakingColumns(report)).toEqual([]);
    expect(report.checks.find((check) => check.id === "warmUp")!.verdict).toBe("clean");
    expect(report.notes).toContain("ranked among 4 symbols; all are cut off and changed at the same moments");
  });

  it("finds a peer's close of the day after", async () => {
    const early = (peer: BarSeries): BarSeries => ({
      ...peer,
      closeTime: peer.closeTime.map((t) => t - DAY_MS),
    });
    const report = await run(rankedBy(early));
    expect(leakingColumns(report)).toContain("feature rankReturn1");
  });
});
