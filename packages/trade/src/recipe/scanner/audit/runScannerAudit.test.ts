import { beforeAll, describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../core/time.ts";
import { AuditReport } from "../../../wire/audit.ts";
import type { CandidateRow } from "../candidateRows.ts";
import type { ScannerBars } from "../scannerBars.ts";
import type { NamedColumns } from "../scannerTable.ts";
import { timeframeStage } from "../timeframeStage.ts";
import { runScannerAudit } from "./runScannerAudit.ts";
import { type ScannerPipeline, scannerPipeline } from "./scannerPipeline.ts";
import { madeStagesBars, madeStagesRecipe } from "./testing/madeStages.ts";

const recipe = madeStagesRecipe();
const bars = madeStagesBars();
const size = { moments: 4, samples: 2, trials: 2 };

/** Rows of the training; a few are asked for in each moment. */
const MANY = 20;

/** Risk of all rows of all bars is told once: every audit here begins with it. */
const risks = new Map<string, Promise<NamedColumns>>();
const honest = scannerPipeline(recipe);
const pipelineWith = (changes: Partial<ScannerPipeline> = {}): ScannerPipeline => ({
  ...honest,
  risk(of, rows, signal) {
    if (of !== bars || rows.length < MANY) return honest.risk(of, rows, signal);
    const key = rows.map((row) => `${row.symbol} ${row.time}`).join();
    const found = risks.get(key) ?? honest.risk(of, rows, signal);
    risks.set(key, found);
    return found;
  },
  ...changes,
});
const audit = (changes: Partial<ScannerPipeline> = {}, seed = 7): Promise<AuditReport> =>
  runScannerAudit(pipelineWith(changes), bars, { size, names: ["1h", "6h", "1d"], seed });
const verdicts = (report: AuditReport) => Object.fromEntries(report.checks.map((c) => [c.id, c.verdict]));
const leaking = (report: AuditReport): string[] =>
  report.columns.filter((c) => c.leaks.length > 0).map((c) => `${c.kind} ${c.name}`);

describe("stages that look nowhere ahead", () => {
  let report: AuditReport;
  beforeAll(async () => {
    report = await audit();
  }, 120_000);

  test("are clean, every check has something to judge, and the report is what the wire says", () => {
    expect(leaking(report)).toEqual([]);
    const { permutedLabels, ...others } = verdicts(report);
    expect(others).toEqual({
      truncation: "clean",
      perturbation: "clean",
      overlap: "clean",
      warmUp: "clean",
      fills: "clean",
    });
    expect(permutedLabels).not.toBe("leak");
    expect(report.verdict).toBe("clean");
    expect(AuditReport.parse(report)).toEqual(report);
  });

  test("every stage stands in the columns", () => {
    const names = report.columns.map((c) => `${c.kind} ${c.name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        "membership candidates",
        "feature scanScore",
        "feature riskForecastVolatility",
        "bar 6h close",
        "input 1h features",
        "label 1d forwardReturn",
        "prediction expected1h",
        "prediction expected1d",
        "prediction stack BUY",
        "model network 1d",
        "model stack boosted",
        "input edge1h",
      ]),
    );
    const stack = report.columns.find((c) => c.name === "stack BUY")!;
    expect([stack.truncation, stack.perturbation]).toEqual(["clean", "clean"]);
  });
});

describe("planted leaks are found where they are", () => {
  test("candidates that know tomorrow's volume, risk of the whole sample, fills at the close that decided", async () => {
    const report = await audit({
      candidates: (of) =>
        honest.candidates(of).map((row): CandidateRow => {
          const tomorrow = of.bars[row.index]!.volume[row.row + 1] ?? 0;
          const { candidate } = row;
          return {
            ...row,
            candidate: { ...candidate, momentum_score: candidate.momentum_score + Math.log1p(tomorrow) },
          };
        }),
      risk: (of, rows, signal) => {
        if (rows.length >= MANY) return pipelineWith().risk(of, rows, signal);
        const ends = rows.map((row) => ({ ...row, row: of.bars[row.index]!.length - 1 }));
        return honest.risk(of, ends, signal);
      },
      trade: async (series, signals) =>
        (await honest.trade(series, signals)).map((fill) =>
          fill.decided === null ? fill : { ...fill, barTime: fill.decided, time: fill.decided },
        ),
    });
    expect(verdicts(report)).toMatchObject({
      truncation: "leak",
      perturbation: "leak",
      overlap: "clean",
      fills: "leak",
    });
    const found = leaking(report);
    expect(found).toEqual(expect.arrayContaining(["feature scanScore", "feature riskForecastVolatility"]));
    expect(found).not.toContain("feature scanRsi");
    expect(found).not.toContain("membership candidates");
    expect(found.filter((name) => name.startsWith("bar "))).toEqual([]);
  }, 120_000);

  test("a list without those that fall tomorrow, and bars that are there an hour before they close", async () => {
    const early = (of: ScannerBars["sources"][number]): ScannerBars["sources"][number] => ({
      ...of,
      sources: of.sources.map(({ timeframe, bars: own }) => {
        const closeTime = own.closeTime.map((time) => time - HOUR_MS);
        return { timeframe, bars: timeframe === "1h" ? { ...own, closeTime } : own };
      }),
    });
    const report = await audit({
      candidates: (of) =>
        honest.candidates(of).filter((row) => {
          const { close } = of.bars[row.index]!;
          return !(close[row.row + 1]! < 0.97 * close[row.row]!);
        }),
      assemble: (symbol, timeframe, at) => honest.assemble(early(symbol), timeframe, at),
      timeframeRows: (parts, symbols, timeframe, request) =>
        honest.timeframeRows(parts, symbols.map(early), timeframe, request),
    });
    expect(verdicts(report)).toMatchObject({ perturbation: "leak", fills: "clean" });
    const found = leaking(report);
    expect(found).toEqual(
      expect.arrayContaining([
        "membership candidates",
        "bar 1h close",
        "input 1h features",
        "prediction expected1h",
      ]),
    );
    expect(found).not.toContain("bar 1d close");
    expect(found).not.toContain("prediction expected1d");
  }, 120_000);

  test("training rows told by the last network, and outcomes that reach into a later part and a fold", async () => {
    const none = new Int32Array(0);
    const { split, stack } = recipe;
    const unpurged = scannerPipeline({
      ...recipe,
      split: { ...split, embargoBars: 0 },
      stack: { ...stack, embargoBars: 0, validationShare: 0 },
    });
    const report = await audit({
      stage: (input) => timeframeStage({ ...input, train: none, folds: [] }),
      split: (rows) => unpurged.split(rows.map((row) => ({ ...row, knownAt: row.time }))),
      folds: (spans) => unpurged.folds({ ...spans, knownAt: spans.time }),
      stack: ({ spans, ...request }) =>
        request.validation
          ? honest.stack({ spans, ...request })
          : unpurged.stack({ ...request, spans: { ...spans, knownAt: spans.time } }),
    });
    const overlap = report.checks.find((c) => c.id === "overlap")!;
    expect(overlap.verdict).toBe("leak");
    expect(overlap.finding).toMatch(/train labels become known after/);
    expect(overlap.finding).toMatch(/training rows of fold 1 of 2 .* have an outcome within it/);
    expect(overlap.finding).toMatch(/expected1d is not out of fold/);
    expect(overlap.finding).toMatch(/logistic told fold 2 with outcomes of it/);
  }, 120_000);
});
