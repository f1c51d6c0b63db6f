import { lowerBound, upperBound } from "../../../core/columns.ts";
import { DataError, UsageError } from "../../../core/errors.ts";
import type { OnProgress } from "../../../core/progress.ts";
import { isoTime, timeframeMs } from "../../../core/time.ts";
import { type BarSeries, sliceBars } from "../../../market/bars.ts";
import { unionPanel } from "../../../market/panel/unionPanel.ts";
import { listSeries, type Workspace } from "../../../store/index.ts";
import type { AuditReport } from "../../../wire/audit.ts";
import type { AuditOptions } from "../../audit/auditOptions.ts";
import { parseRange, workspaceOf } from "../../dataUse.ts";
import type { PipelineContext } from "../../pipelineContext.ts";
import { loadScanner, scannerProfile } from "../loadScanner.ts";
import { type ScannerBars, scannerBars } from "../scannerBars.ts";
import type { ScannerRecipe } from "../scannerSchema.ts";
import { featureLookback } from "../scannerTable.ts";
import { timeframeParts } from "../timeframeRows.ts";
import { scannerBarsUntil } from "./alteredScannerBars.ts";
import { runScannerAudit } from "./runScannerAudit.ts";
import { scannerPipeline } from "./scannerPipeline.ts";
import { SCANNER_SIZES, type ScannerAuditSize, smallScanner } from "./smallScanner.ts";

/** Rows to look at beyond what features and windows need. */
const SPARE_ROWS = 300;
/** Symbols with more timeframes than the recipe's own, at most. */
const MOST_ASSEMBLED = 4;

/**
 * Whether anything of a recipe of stages looks ahead, on stored bars: the stages at a small size, of those symbols that have more
 * timeframes and those with the most bars; see `runScannerAudit`. Reads the workspace, writes nothing.
 * @throws DataError when bars are missing or too few; AbortError when stopped
 */
export async function auditScanner(
  context: PipelineContext,
  options: AuditOptions,
  onProgress?: OnProgress,
): Promise<AuditReport> {
  const recipe = scannerProfile(await loadScanner(options.recipe), "full");
  const workspace = await workspaceOf(context);
  const range = parseRange(options);
  const size: ScannerAuditSize = SCANNER_SIZES[options.quick ? "quick" : "full"];
  const rows = options.rows ?? size.bars;
  const least = Math.max(featureLookback(recipe), timeframeParts(recipe).needed) + SPARE_ROWS;
  if (rows < least)
    throw new UsageError(
      `--rows ${rows}: recipe '${recipe.name}' needs ${least} bars (features' memory, a window, and ${SPARE_ROWS} to look at): give more`,
    );
  onProgress?.({ stage: "reading bars", done: 0, total: null, secondsLeft: null });
  const { symbols, stored } = await chosenSymbols(workspace, recipe, size.symbols);
  const read = await scannerBars(workspace, recipe, { symbols, until: range.to, signal: context.signal });
  // a training looks at nothing after the universe's last close
  const last = read.bars.reduce((at, one) => Math.max(at, one.closeTime[one.length - 1] ?? at), 0);
  const bars = newestOf(scannerBarsUntil(read, last), { rows, intraday: size.intraday, from: range.from });
  const empty = [...bars.bars, ...bars.indices].find((series) => series.length === 0);
  if (empty)
    throw new DataError(
      `recipe '${recipe.name}': ${empty.instrument} has no bars within --from and --to: widen the range`,
    );
  const days = unionPanel(bars.bars).closeTime.length - featureLookback(recipe);
  const perDay = Math.round((size.rows * recipe.everyBars) / Math.max(1, days));
  const top = Math.max(2, Math.min(perDay, Math.floor(symbols.length / 2)));
  const trained = trainedNames(recipe, bars);
  const pipeline = scannerPipeline(smallScanner(recipe, size, { top, trained }));
  const report = await runScannerAudit(pipeline, bars, {
    size,
    names: recipe.timeframes.names,
    seed: options.seed ?? recipe.seed,
    signal: context.signal,
    onProgress,
  });
  const first = Math.min(...bars.bars.map((one) => one.closeTime[0]!));
  const notes = [
    `bars: ${symbols.length} of ${stored} stored symbols, the last ${rows} bars of ${recipe.universe.timeframe} from ${isoTime(first)} and about ${size.intraday} of each shorter timeframe`,
    "training, networks and stack are small: they tell whether something looks ahead, not how well it does",
  ];
  return { ...report, notes: [...notes, ...report.notes] };
}

/** Symbols with several timeframes first, then those with the most bars; equal ones by name. */
async function chosenSymbols(
  workspace: Workspace,
  recipe: ScannerRecipe,
  most: number,
): Promise<{ symbols: string[]; stored: number }> {
  const { market, timeframe, indices, exclude, symbols } = recipe.universe;
  const left = new Set<string>([...indices, ...exclude]);
  const series = (await listSeries(workspace)).filter(
    (s) => s.market === market && s.kind === "bars" && s.rows > 0 && !left.has(s.symbol),
  );
  const own = series
    .filter((s) => s.timeframe === timeframe && (symbols?.includes(s.symbol) ?? true))
    .sort((a, b) => b.rows - a.rows || (a.symbol < b.symbol ? -1 : 1))
    .map((s) => s.symbol);
  const several = own.filter((symbol) =>
    series.some((s) => s.symbol === symbol && s.timeframe !== timeframe),
  );
  const chosen = [...new Set([...several.slice(0, MOST_ASSEMBLED), ...own])].slice(0, most).sort();
  if (chosen.length < 4)
    throw new DataError(
      `recipe '${recipe.name}': ${chosen.length} symbols with ${timeframe} bars of market ${market} are stored, the audit needs 4 to choose among: import more, one file with a 'symbol' column holds many`,
    );
  return { symbols: chosen, stored: own.length };
}

/**
 * The newest bars of every series: daily ones of the indices from as far back as the candidates', and of each longer stored
 * timeframe of a symbol at least as far back as of the next shorter, so that both still have bars in common.
 */
function newestOf(
  read: ScannerBars,
  { rows, intraday, from }: { rows: number; intraday: number; from?: number | undefined },
): ScannerBars {
  const cut = (series: BarSeries, most: number): BarSeries => {
    const begin = from === undefined ? 0 : lowerBound(series.closeTime, from);
    return sliceBars(series, Math.max(begin, series.length - most), series.length);
  };
  const bars = read.bars.map((one) => cut(one, rows));
  const begin = Math.min(...bars.map((one) => one.closeTime[0] ?? Number.POSITIVE_INFINITY));
  const sinceThen = (series: BarSeries): BarSeries =>
    sliceBars(series, Math.max(0, lowerBound(series.closeTime, begin) - 1), series.length);
  const indices: readonly [BarSeries, BarSeries] = [sinceThen(read.indices[0]), sinceThen(read.indices[1])];
  const daily = [...bars, ...indices];
  return {
    bars,
    indices,
    sources: read.sources.map(({ symbol, sources: [, ...others] }, i) => {
      const own = { ...read.sources[i]!.sources[0]!, bars: daily[i]! };
      let first = Number.POSITIVE_INFINITY;
      const shorter = others
        .toSorted((a, b) => timeframeMs(a.timeframe) - timeframeMs(b.timeframe))
        .map((source) => {
          const { closeTime, length } = source.bars;
          const common = length - Math.max(0, upperBound(closeTime, first) - 1);
          const bars = cut(source.bars, Math.max(intraday, Number.isFinite(first) ? common : 0));
          first = Math.min(first, bars.closeTime[0] ?? first);
          return { ...source, bars };
        });
      return { symbol, sources: [own, ...shorter] };
    }),
    sha256: read.sha256,
  };
}

/** The recipe's own timeframe, and the other one whose stored bars cover the most time. */
function trainedNames(recipe: ScannerRecipe, { sources }: ScannerBars): string[] {
  const { names } = recipe.timeframes;
  const { timeframe } = recipe.universe;
  const spans = new Map<string, number>();
  for (const { sources: all } of sources) {
    for (const { timeframe: name, bars } of all.slice(1)) {
      const span = (bars.closeTime[bars.length - 1] ?? 0) - (bars.closeTime[0] ?? 0);
      spans.set(name, (spans.get(name) ?? 0) + span);
    }
  }
  const [other] = [...spans].filter(([name]) => names.includes(name)).sort(([, a], [, b]) => b - a);
  const wanted = new Set([timeframe, ...(other ? [other[0]] : [])]);
  const found = names.filter((name) => wanted.has(name));
  return found.length > 0 ? found : names.slice(-1);
}
