import { DataError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import type { BarSeries } from "../market/bars.ts";
import { findBars } from "./listSeries.ts";
import { readBarColumns } from "./readBars.ts";
import type { Workspace } from "./workspace.ts";
import type { BarWrite } from "./writeBars.ts";

/** A settled bar is put right by less than this; a split of 5 for 4 changes it by as much. */
const MOST = 1.2;

/**
 * Holds the first of `bars` against the stored bar of the same time. A source that divides its prices by all splits (Schwab)
 * gives another number after a split: bars of two scales must not follow one another.
 * @throws DataError that names both numbers and the mend
 */
export async function assertSameScale(workspace: Workspace, key: BarWrite, bars: BarSeries): Promise<void> {
  const stored = await readBarColumns(workspace, key, ["close"]);
  const row = stored.closeTime.indexOf(bars.closeTime[0]!);
  const [was, is] = [stored.close[row], bars.close[0]];
  if (was === undefined || is === undefined || Math.max(was / is, is / was) < MOST) return;
  const path = (await findBars(workspace, key))?.path ?? "the stored bars";
  throw new DataError(
    `${key.source} gives ${is} for the close of ${key.symbol} at ${isoTime(bars.closeTime[0]!)} where ${was} is stored: its prices ` +
      `have another scale since a split; nothing was written: move ${path} away and download again`,
  );
}
