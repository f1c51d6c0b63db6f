import type { OnProgress } from "../../core/progress.ts";
import { DAY_MS, isoTime, parseTime, timeframeMs } from "../../core/time.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import type { BarSeries } from "../../market/bars.ts";
import type { ScanOptionsInput } from "../../signals/momentumScan/index.ts";
import { listSeries, readBars, type StoredSeries, type Workspace } from "../../store/index.ts";
import type { ScanResponse, ScanSignal } from "../../wire/scan.ts";
import { workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { openScan } from "../scan/index.ts";
import { mattered } from "./mattered.ts";
import { SPARE_BARS, scanChain } from "./scanChain.ts";
import { openScannerModel } from "./scannerModel.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { type SymbolSources, timeframeParts } from "./timeframeRows.ts";

export interface ScannerQuery {
  readonly recipe?: string | undefined;
  readonly model?: string | undefined;
  /** instead of the symbols that the model was trained on and all others that are stored */
  readonly symbols?: readonly string[] | undefined;
  /** as of this moment instead of the newest stored bars */
  readonly at?: string | undefined;
}

export interface OneScan {
  /** signals at most, instead of the recipe's */
  readonly top?: number | undefined;
  /** stops this scan, instead of the signal that the scanner was opened with */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** A model, its networks and the universe's bars in memory: scans that follow one another read nothing twice. */
export interface OpenScanner {
  readonly modelId: string;
  scan(options?: OneScan): Promise<ScanResponse>;
  close(): Promise<void>;
}

/**
 * Opens the newest model of a recipe of stages, or the one named, over the stored bars.
 * @throws DataError where no model or no bars are stored
 */
export async function openScanner(
  context: PipelineContext,
  query: ScannerQuery = {},
  onProgress?: OnProgress,
): Promise<OpenScanner> {
  const workspace = await workspaceOf(context);
  const model = await openScannerModel(workspace, query);
  try {
    const { recipe } = model.manifest;
    const { market, timeframe, indices, exclude } = recipe.universe;
    const at = query.at === undefined ? undefined : parseTime(query.at, "at");
    const stored = (await listSeries(workspace)).filter(
      (s) => s.market === market && s.kind === "bars" && s.rows > 0,
    );
    const left = new Set<string>([...indices, ...exclude]);
    const symbols =
      query.symbols ??
      recipe.universe.symbols ??
      stored.filter((s) => s.timeframe === timeframe && !left.has(s.symbol)).map((s) => s.symbol);
    const range = at === undefined ? {} : { to: at };
    const held = await openScan(context, {
      ...(recipe.scan as ScanOptionsInput),
      market,
      timeframe,
      symbols,
      asOf: at,
      onProgress,
    });
    const ofIndex = (symbol: string): Promise<BarSeries> =>
      readBars(workspace, { symbol, market, timeframe }, range);
    const beside: readonly [BarSeries, BarSeries] = [await ofIndex(indices[0]), await ofIndex(indices[1])];
    const sources = new Map<string, SymbolSources>();
    return {
      modelId: model.manifest.id,
      close: () => model.close(),
      async scan({ top = recipe.signals.top, signal = context.signal, onProgress: tell } = {}) {
        const say = (stage: string, done = 0, total: number | null = null): void =>
          tell?.({ stage, done, total, secondsLeft: null });
        signal?.throwIfAborted();
        say("momentum scan");
        const began = performance.now();
        const found = held.scan();
        const scanned = performance.now();
        for (const [i, { symbol }] of found.candidates.entries()) {
          signal?.throwIfAborted();
          say("reading the candidates' timeframes", i, found.candidates.length);
          if (!sources.has(symbol))
            sources.set(symbol, await readSources(workspace, stored, held.bars(symbol)!, recipe, range));
        }
        const read = performance.now();
        say(`features, networks, risk and votes of ${found.candidates.length} candidates`);
        const chain = await scanChain({
          model,
          candidates: found.candidates,
          barsOf: (symbol) => held.bars(symbol),
          sourcesOf: (symbol) => sources.get(symbol)!,
          indices: beside,
          at: found.asOf,
          now: context.now(),
          signal,
        });
        const filter = {
          decision: "BUY" as const,
          min_confidence: recipe.signals.minConfidence,
          max_risk: recipe.signals.maxRisk,
          top,
        };
        const judged = chain.signals.map((signal, row) => ({
          signal,
          row,
          reason: rejection(signal, filter),
        }));
        const passed = judged.filter(({ reason }) => reason === null).sort(byBuy);
        const chosen = passed.slice(0, top);
        const explained = await mattered(
          model,
          chain.table,
          chosen.map(({ row }) => row),
        );
        const told = performance.now();
        const isSeen = found.asOf <= model.manifest.seen.to;
        const { classes } = model.manifest;
        const rest = [
          ...passed.slice(top).map((one) => ({ ...one, reason: `beyond the first ${top}` })),
          ...judged.filter(({ reason }) => reason !== null).sort(byBuy),
        ];
        return {
          recipe: recipe.name,
          model: model.manifest.id,
          as_of: isoTime(found.asOf),
          in_sample: isSeen,
          scanned: found.scanned,
          candidates: found.candidates.length,
          filter,
          signals: chosen.map(({ signal }, i) => ({ ...signal, mattered: explained[i]! })),
          rejected: rest.map(({ signal, reason }) => ({ ...signal, reason: reason! })),
          dropped: [
            ...chain.dropped,
            ...found.dropped.map(({ symbol, reason, detail }) => ({
              symbol,
              reason: `${reason}: ${detail}`,
            })),
          ],
          timings: {
            readUniverse: held.readMs,
            scan: scanned - began,
            readTimeframes: read - scanned,
            ...chain.timings,
            explain: told - read - Object.values(chain.timings).reduce((a, b) => a + b, 0),
            chain: told - read,
          },
          base_rates: Object.fromEntries(
            SIGNALS.map((name) => [name, classes[name]?.share ?? 0]),
          ) as ScanResponse["base_rates"],
          warnings: [
            ...(isSeen
              ? [
                  `IN SAMPLE: ${isoTime(found.asOf)} lies within what the model has learned from; nothing here says how it will do`,
                ]
              : []),
            ...(model.manifest.failed === null ? [] : [`FAILED TRAINING: ${model.manifest.failed}`]),
          ],
        };
      },
    };
  } catch (thrown) {
    await model.close();
    throw thrown;
  }
}

/** One scan from opening to closing. */
export async function scanSymbols(
  context: PipelineContext,
  query: ScannerQuery & { readonly top?: number | undefined } = {},
): Promise<ScanResponse> {
  const scanner = await openScanner(context, query);
  try {
    return await scanner.scan({ top: query.top });
  } finally {
    await scanner.close();
  }
}

/** Why a candidate is no signal; null where it is one. */
export function rejection(
  signal: Pick<ScanSignal, "decision" | "confidence" | "risk_score">,
  filter: { readonly min_confidence: number; readonly max_risk: number },
): string | null {
  if (signal.decision !== "BUY") return `decision ${signal.decision}`;
  if (signal.confidence < filter.min_confidence)
    return `confidence ${signal.confidence.toFixed(2)}, below ${filter.min_confidence}`;
  if (signal.risk_score === null) return "its risk could not be told";
  if (signal.risk_score > filter.max_risk) return `risk ${signal.risk_score}, above ${filter.max_risk}`;
  return null;
}

/** Likeliest to be a BUY first, ties by symbol. */
function byBuy(a: { signal: ScanSignal }, b: { signal: ScanSignal }): number {
  return (
    b.signal.probabilities.BUY - a.signal.probabilities.BUY || (a.signal.symbol < b.signal.symbol ? -1 : 1)
  );
}

/** The other stored timeframes of a symbol, as far back as the networks look. */
async function readSources(
  workspace: Workspace,
  stored: readonly StoredSeries[],
  own: BarSeries,
  recipe: ScannerRecipe,
  range: { readonly to?: number },
): Promise<SymbolSources> {
  const { timeframe, market } = recipe.universe;
  const others = stored.flatMap((s) =>
    s.symbol === own.instrument && s.timeframe !== null && s.timeframe !== timeframe ? [s.timeframe] : [],
  );
  const newest = own.closeTime[own.length - 1]!;
  const sources = [{ timeframe, bars: own }];
  for (const other of others) {
    const from = newest - sourceSpan(recipe, other, [timeframe, ...others]);
    sources.push({
      timeframe: other,
      bars: await readBars(
        workspace,
        { symbol: own.instrument, timeframe: other, market },
        { ...range, from },
      ),
    });
  }
  return { symbol: own.instrument, sources };
}

/** Holidays, and the hours that a longer stored timeframe has not reached yet. */
const SPARE_MS = 14 * DAY_MS;

/**
 * How far back the bars of a stored timeframe are looked at, ms: as many bars as a network needs of the longest wanted timeframe
 * that nothing longer stored makes. Stocks trade 6.5 of 24 hours on 252 of 365 days.
 */
export function sourceSpan(recipe: ScannerRecipe, timeframe: string, stored: readonly string[]): number {
  const ms = timeframeMs(timeframe);
  const lengths = stored.map(timeframeMs);
  const served = recipe.timeframes.names
    .map(timeframeMs)
    .filter((wanted) => wanted % ms === 0 && !lengths.some((l) => l > ms && l <= wanted && wanted % l === 0));
  const longest = Math.max(0, ...served);
  const bars = timeframeParts(recipe).needed + SPARE_BARS;
  const isOpenAlways = recipe.universe.market !== "stock";
  const hours = isOpenAlways || longest >= DAY_MS ? 1 : 24 / 6.5;
  const days = isOpenAlways ? 1 : 365 / 252;
  return bars * longest * hours * days + SPARE_MS;
}
