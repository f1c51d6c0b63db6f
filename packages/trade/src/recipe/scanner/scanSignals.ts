import { sha256 } from "../../core/hash.ts";
import type { OnProgress } from "../../core/progress.ts";
import { listSeries, type Workspace } from "../../store/index.ts";
import type { ScanQuery, ScanResponse } from "../../wire/scan.ts";
import { workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { type OpenScanner, openScanner } from "./openScanner.ts";
import { scannerManifestOf } from "./scannerManifestOf.ts";

interface Held {
  readonly key: string;
  readonly scanner: OpenScanner;
}

/** One at a time: a universe of thousands of symbols in memory is enough. */
let held: Held | undefined;

/**
 * One scan. Model and bars of the last one are kept in memory: a scan of the same recipe and moment reads nothing again, until a
 * newer model or other bars are stored.
 * @throws DataError where no model or no bars are stored; AbortError when stopped
 */
export async function scanSignals(
  context: PipelineContext,
  query: ScanQuery = {},
  onProgress?: OnProgress,
): Promise<ScanResponse> {
  const { signal } = context;
  const tell = (stage: string): void => onProgress?.({ stage, done: 0, total: null, secondsLeft: null });
  tell("looking at what is stored");
  const workspace = await workspaceOf(context);
  const { id, recipe } = await scannerManifestOf(workspace, query);
  const { market } = recipe.universe;
  const key = JSON.stringify([workspace.dir, id, query.at ?? null, await barsStamp(workspace, market)]);
  if (held?.key !== key) {
    const before = held;
    held = undefined;
    await before?.scanner.close();
    tell("opening the model and the universe's bars");
    signal?.throwIfAborted();
    held = { key, scanner: await openScanner(context, { model: id, at: query.at }, onProgress) };
  }
  return held.scanner.scan({
    top: query.top,
    // the request that opened the scanner may have been cancelled since
    signal: signal ?? new AbortController().signal,
    onProgress,
  });
}

/** Changes with every bar that is stored, corrected or taken away in a market. */
async function barsStamp(workspace: Workspace, market: string): Promise<string> {
  const told = (await listSeries(workspace))
    .filter((s) => s.market === market && s.kind === "bars")
    .map(({ symbol, timeframe, rows, to, sha256: hash }) => [symbol, timeframe, rows, to, hash].join());
  return sha256(told.join("\n"));
}

/** Lets go of what is kept in memory. */
export async function closeScanner(): Promise<void> {
  const before = held;
  held = undefined;
  await before?.scanner.close();
}
