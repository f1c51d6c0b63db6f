import type { OnProgress } from "../../core/progress.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import { reliability } from "../../models/calibration/reliability.ts";
import { classificationReport, mostProbable } from "../../models/evaluation/classificationReport.ts";
import { type Interval, wilsonInterval } from "../../models/evaluation/intervals.ts";
import { type AblationLine, ablation } from "../../models/tabular/ablation.ts";
import { diversity } from "../../models/tabular/diversity.ts";
import type { StackFit } from "../../models/tabular/fitStack.ts";
import type { TabularContext, TabularData, TabularModel } from "../../models/tabular/tabularModel.ts";
import type { PurgedFold } from "../../models/validation/index.ts";
import { riskScore } from "../../signals/riskScore.ts";
import { classificationOf } from "../classification.ts";
import type { CandidateRow } from "./candidateRows.ts";
import { riskMeasuresOf } from "./riskMeasures.ts";
import type { RiskColumns } from "./riskStage.ts";
import type { ScannerReport } from "./scannerManifest.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { stageClock } from "./stageClock.ts";

export interface ReportInput {
  readonly recipe: ScannerRecipe;
  readonly fit: StackFit;
  readonly meta: TabularModel;
  readonly folds: readonly PurgedFold[];
  readonly train: TabularData;
  readonly test: TabularData;
  /** of the test rows, oldest first */
  readonly rows: readonly CandidateRow[];
  readonly risk: RiskColumns;
  /** places of the test rows among all rows */
  readonly places: Int32Array;
  readonly context: TabularContext;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * The one look at the test rows. Rows of one day share the market's move: intervals count a day's rows as one observation.
 */
export async function scannerReport(input: ReportInput): Promise<ScannerReport> {
  const { recipe, fit, test, rows, places } = input;
  // a line of the ablation each, and what the answers of the whole stack are worth
  const clock = stageClock("testing", 2 * fit.stack.members.length + 3, input.onProgress);
  clock.at(0, "the whole stack");
  const days = new Set(rows.map(({ time }) => time)).size;
  const aDay = Math.max(1, rows.length / days);
  const lines = await ablation(
    fit,
    input.meta,
    input.train,
    test,
    {
      block: Math.round(aDay),
      folds: input.folds,
      onLine: (what) => clock.done(1, what),
    },
    input.context,
  );
  const votes = await fit.stack.votes(test.table);
  const actual = Float32Array.from(rows, (row) => row.class);
  const report = classificationReport({
    actual,
    predicted: mostProbable(votes.answer, SIGNALS.length),
    probabilities: votes.answer,
    classNames: SIGNALS,
    overlap: aDay,
  });
  const buy = Float64Array.from(rows, (_, i) => Math.min(1, votes.answer[i * SIGNALS.length]!));
  const told = reliability(
    buy,
    Uint8Array.from(rows, (row) => (row.class === 0 ? 1 : 0)),
    { by: "rows" },
  );
  const chosen = rows.flatMap((row, i) => {
    const score = riskScore(riskMeasuresOf(input.risk, places[i]!, recipe));
    const isSignal =
      votes.decision[i] === 0 && buy[i]! >= recipe.signals.minConfidence && score <= recipe.signals.maxRisk;
    return isSignal ? [row] : [];
  });
  const hits = chosen.filter((row) => row.class === 0).length;
  const chosenDays = new Set(chosen.map(({ time }) => time)).size;
  const share = wilsonInterval(chosen.length === 0 ? 0 : (hits / chosen.length) * chosenDays, chosenDays);
  clock.done(1, "");
  return {
    rows: rows.length,
    days,
    classification: classificationOf(report, SIGNALS),
    ablation: lines.map(recordOf),
    diversity: diversity(
      fit.stack.manifest.members.map(({ name }) => name),
      votes.members,
      test.target,
    ).map((pair) => ({ ...pair, members: [...pair.members] })),
    reliability: {
      bins: told.bins.map(({ interval, told: said, share: happened, ...bin }) => ({
        ...bin,
        told: finite(said),
        share: finite(happened),
        low: interval.low,
        high: interval.high,
      })),
      brier: told.brier.brier,
      brierOfShare: told.brier.uncertainty,
      expectedError: told.expectedError,
    },
    signals: {
      rows: chosen.length,
      hits,
      low: share.low,
      high: share.high,
      meanReturn:
        chosen.length === 0 ? null : chosen.reduce((sum, row) => sum + row.forwardReturn, 0) / chosen.length,
    },
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const plain = (interval: Interval | null): Interval | null =>
  interval && { low: interval.low, high: interval.high };

function recordOf(line: AblationLine): ScannerReport["ablation"][number] {
  return { ...line, interval: plain(line.interval), worseInterval: plain(line.worseInterval) };
}
