import { UsageError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { isoTime } from "../../core/time.ts";
import { type BarSeries, sliceBars } from "../../market/bars.ts";
import type { AuditReport } from "../../wire/audit.ts";
import { neededHistory } from "../dataset.ts";
import { parseRange, recipeBars, workspaceOf } from "../dataUse.ts";
import { applyProfile, loadRecipe } from "../loadRecipe.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { readSurroundings } from "../readSurroundings.ts";
import { isMultiTask } from "../recipeSchema.ts";
import { auditScanner } from "../scanner/audit/auditScanner.ts";
import { isScannerRecipe } from "../scanner/loadScanner.ts";
import type { AuditOptions } from "./auditOptions.ts";
import type { AuditBars } from "./auditPipeline.ts";
import { runAudit } from "./runAudit.ts";
import { signalPipeline } from "./signalPipeline.ts";
import { sixHeadsPipeline } from "./sixHeadsPipeline.ts";

export type { AuditOptions } from "./auditOptions.ts";

const QUICK_ROWS = 20_000;
const SIZES = {
  full: { moments: 20, trials: 7, samples: 300, windowsPerClass: 1000, rowsPerClass: 1000 },
  quick: { moments: 10, trials: 5, samples: 100, windowsPerClass: 400, rowsPerClass: 400 },
};

/**
 * Whether anything of a recipe looks ahead, on the bars that are stored: see `runAudit`, and `auditScanner` for one of stages. Reads the workspace, writes nothing.
 * @throws DataError when bars are missing or too few; AbortError when stopped
 */
export async function auditLeakage(
  context: PipelineContext,
  options: AuditOptions,
  onProgress?: OnProgress,
): Promise<AuditReport> {
  if (await isScannerRecipe(options.recipe)) return auditScanner(context, options, onProgress);
  const recipe = applyProfile(await loadRecipe(options.recipe), "full");
  const workspace = await workspaceOf(context);
  const range = parseRange(options);
  const rows = options.rows ?? (options.quick ? QUICK_ROWS : undefined);
  const least = neededHistory(recipe) + 200;
  if (rows !== undefined && rows < least)
    throw new UsageError(
      `--rows ${rows}: recipe '${recipe.name}' needs ${least} bars (features' memory, a window, and 200 to look at): give more`,
    );
  const last = (series: BarSeries): BarSeries =>
    sliceBars(series, rows === undefined ? 0 : Math.max(0, series.length - rows), series.length);
  onProgress?.({ stage: "reading bars", done: 0, total: null, secondsLeft: null });
  const targets: BarSeries[] = [];
  for (const symbol of [...recipe.universe.symbols].sort()) {
    context.signal?.throwIfAborted();
    targets.push(
      last(await recipeBars(workspace, { universe: { ...recipe.universe, symbols: [symbol] } }, range)),
    );
  }
  const around = await readSurroundings(workspace, recipe, { range, signal: context.signal });
  const names = new Set(targets.map((t) => t.instrument));
  const bars: AuditBars = {
    targets,
    context: around.context,
    ...(around.beside ? { beside: targets.map((t) => around.beside?.get(t.instrument) ?? {}) } : {}),
    ...(around.peers
      ? { peers: around.peers.symbols.map((peer) => peer.bars).filter((peer) => !names.has(peer.instrument)) }
      : {}),
  };
  const size = SIZES[options.quick ? "quick" : "full"];
  const pipeline = isMultiTask(recipe) ? sixHeadsPipeline(recipe, size) : signalPipeline(recipe, size);
  const report = await runAudit(pipeline, bars, {
    ...size,
    seed: options.seed ?? recipe.seed,
    signal: context.signal,
    onProgress,
  });
  if (rows === undefined) return report;
  const note = `bars: the last ${rows} of each symbol, from ${isoTime(Math.min(...targets.map((t) => t.closeTime[0]!)))}`;
  return { ...report, notes: [note, ...report.notes] };
}
