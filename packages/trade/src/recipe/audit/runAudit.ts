import { DataError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { isoTime } from "../../core/time.ts";
import type { AuditCheck, AuditReport } from "../../wire/audit.ts";
import { auditColumns, splitColumns } from "./auditData.ts";
import type { AuditBars, AuditPipeline } from "./auditPipeline.ts";
import { AuditSteps } from "./auditSteps.ts";
import { checkFills } from "./checkFills.ts";
import { checkFold } from "./checkFold.ts";
import { checkMoments } from "./checkMoments.ts";
import { checkOverlap } from "./checkOverlap.ts";
import { checkPermutedLabels } from "./checkPermutedLabels.ts";
import { checkWarmUp } from "./checkWarmUp.ts";
import { ColumnBook } from "./columnBook.ts";
import { columnCheck } from "./columnCheck.ts";
import { auditMoments } from "./moments.ts";

export interface RunAuditOptions {
  /** about so many, more where a boundary, a gap and a session's start add theirs */
  readonly moments: number;
  /** trainings on permuted labels */
  readonly trials: number;
  /** rows that are computed anew from exactly their lookback */
  readonly samples: number;
  /** rows of a class judged at most, under permuted labels */
  readonly rowsPerClass: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Rows that are computed anew at most for truncation, and as many for perturbation: about half a minute of them. */
const ROW_BUDGET = 6_000_000;

/**
 * Runs a pipeline again on bars that are cut off and on bars whose future is another one, and compares. Six checks:
 * truncation, perturbation, label overlap, permuted labels, warm-up, fills; each column of each kind with its verdict.
 * The same pipeline, bars and seed give the same report.
 */
export async function runAudit(
  pipeline: AuditPipeline,
  bars: AuditBars,
  options: RunAuditOptions,
): Promise<AuditReport> {
  const { seed, signal, onProgress } = options;
  requireTargets(pipeline, bars);
  onProgress?.({ stage: "features and labels", done: 0, total: null, secondsLeft: null });
  const whole = auditColumns(pipeline, bars);
  const { stack } = whole;
  const split = splitColumns(pipeline, whole);
  const first = Math.min(
    ...stack.symbols.map((s) => stack.closeTime[Math.min(s.from + pipeline.lookback, s.to - 1)]!),
  );
  const moments = auditMoments(stack, split, first, { count: options.moments, seed });
  const rows = stack.closeTime.length;
  const perMoment = Math.max(1, Math.round((ROW_BUDGET / moments.length / rows) * bars.targets.length));
  const symbolsPerMoment = Math.min(bars.targets.length, perMoment);

  const book = new ColumnBook();
  const steps = new AuditSteps(
    { moments: 2 * moments.length, trainings: 3 + options.trials },
    onProgress,
    signal,
  );
  const model = await steps.run("trainings", "training", () =>
    pipeline.fit(
      {
        stack,
        train: split.train.rows,
        validation: split.validation.rows,
        embargoBars: split.embargoBars,
      },
      { seed, signal },
    ),
  );
  try {
    await checkMoments(pipeline, bars, whole, model, { moments, symbolsPerMoment, seed, steps, book });
    await checkWarmUp(pipeline, whole, { samples: options.samples, seed, book, signal });
    await checkFold(pipeline, bars, whole, model, { split, seed, signal, steps, book });
    const permuted = await checkPermutedLabels(pipeline, { ...options, stack, split, model, steps });
    const checks: AuditCheck[] = [
      columnCheck(book, "truncation", "values from the bars up to a moment are those from all bars"),
      columnCheck(book, "perturbation", "another future changes nothing that was known"),
      checkOverlap(stack, split, { window: pipeline.window, embargoBars: split.embargoBars }),
      permuted.check,
      columnCheck(book, "warmUp", "the declared lookback is enough"),
      await checkFills(pipeline, bars.targets[0]!, seed),
    ];
    return {
      recipe: pipeline.recipe,
      verdict: checks.some((check) => check.verdict === "leak") ? "leak" : "clean",
      symbols: bars.targets.map((t) => ({
        symbol: t.instrument,
        rows: t.length,
        from: isoTime(t.closeTime[0]!),
        to: isoTime(t.closeTime[t.length - 1]!),
      })),
      context: bars.context.map((series) => series.instrument),
      examples: {
        train: split.train.rows.length,
        validation: split.validation.rows.length,
        test: split.test.rows.length,
      },
      seed,
      moments: moments.map(isoTime),
      training: pipeline.training,
      checks,
      permutation: permuted.permutation,
      columns: book.columns(),
      notes: notesOf(pipeline, bars, symbolsPerMoment),
    };
  } finally {
    await model.close();
  }
}

function requireTargets(pipeline: AuditPipeline, bars: AuditBars): void {
  const empty = bars.targets.find((series) => series.length === 0);
  if (bars.targets.length === 0 || empty)
    throw new DataError(
      `recipe '${pipeline.recipe}': ${empty?.instrument ?? "no symbol"} has no bars to look at`,
    );
}

function notesOf({ universe }: AuditPipeline, bars: AuditBars, symbolsPerMoment: number): string[] {
  const n = bars.targets.length;
  return [
    ...(universe === "list"
      ? [
          `universe: ${n === 1 ? "one symbol" : `a list of ${n} symbols`} chosen by whoever wrote the recipe; whether it was chosen for what became of it, no audit of bars can tell`,
        ]
      : [
          "universe: by periods of membership; that each period was known on its first day is taken from the file",
        ]),
    ...besideNotes(bars),
    ...(symbolsPerMoment < n ? [`symbols: ${symbolsPerMoment} of ${n} in each moment, in turn`] : []),
  ];
}

/** What was cut off and changed beside the bars. */
function besideNotes({ targets, beside, peers }: AuditBars): string[] {
  const kinds = Object.keys(beside?.[0] ?? {});
  return [
    ...(kinds.length > 0
      ? [`beside the bars: ${kinds.join(", ")}; cut off and changed at the same moments`]
      : []),
    ...(peers
      ? [
          `ranked among ${targets.length + peers.length} symbols; all are cut off and changed at the same moments`,
        ]
      : []),
  ];
}
