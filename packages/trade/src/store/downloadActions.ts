import type { OnProgress } from "../core/progress.ts";
import type { Source } from "../market/sources/source.ts";
import { firstFactorDay, type StoredFactors, writeFactors } from "./actionsStore.ts";
import type { Workspace } from "./workspace.ts";

export interface ActionsRequest {
  readonly symbol: string;
  /** ms UTC: the first bar that factors are for */
  readonly since: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** told when stored factors of another source were kept, since the two tell different histories */
  readonly notice?: (line: string) => void;
}

/**
 * Fetches splits and dividends beside a stock's bars, where the source has them; bars stay raw. Factors reach back to the
 * first bar, and as far as those stored before.
 */
export async function downloadActions(
  workspace: Workspace,
  source: Source,
  request: ActionsRequest,
): Promise<StoredFactors | null> {
  if (!source.fetchActions) return null;
  const { symbol, since, notice, ...rest } = request;
  const first = await firstFactorDay(workspace, source.market, symbol);
  const fresh = await source.fetchActions({ ...rest, symbol, since: Math.min(since, first ?? since) });
  const origin = source.provenance ?? source.name;
  const written = await writeFactors(workspace, source.market, fresh, origin);
  if (written?.isKept) {
    notice?.(
      `${symbol}: ${origin} tells other splits and dividends than the stored ones (from ${written.stored.source}), which were kept`,
    );
  }
  return written?.stored ?? null;
}
