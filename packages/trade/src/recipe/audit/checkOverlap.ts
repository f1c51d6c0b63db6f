import { lowerBound } from "../../core/columns.ts";
import { isoTime } from "../../core/time.ts";
import { unionCalendar } from "../../models/multiTask/calendarSplit.ts";
import type { StackedRows } from "../../models/multiTask/stackedRows.ts";
import type { TimeSplit } from "../../models/validation/index.ts";
import type { AuditCheck } from "../../wire/audit.ts";

/**
 * Purging, counted anew from times alone: of each pair of parts (train and validation, train and test, validation and test)
 * the examples of the earlier one whose label was not yet known when the later one made its first decision, and those known
 * within the embargo before it. Both have to be none. Windows of the later part that reach back over bars which decided a
 * label of the earlier one are counted and told, not judged: they read prices that were known, and an embargo of a window
 * keeps them off.
 */
export function checkOverlap(
  stack: StackedRows,
  split: TimeSplit,
  { window, embargoBars }: { window: number; embargoBars: number },
): AuditCheck {
  const calendar = unionCalendar(stack.closeTime);
  const parts = ["train", "validation", "test"] as const;
  const faults: string[] = [];
  const told: string[] = [];
  let compared = 0;
  for (const [e, earlier] of parts.entries()) {
    for (const later of parts.slice(e + 1)) {
      const [a, b] = [split[earlier].rows, split[later].rows];
      if (a.length === 0 || b.length === 0) continue;
      compared += a.length + b.length;
      const first = b.reduce((time, row) => Math.min(time, stack.closeTime[row]!), Number.POSITIVE_INFINITY);
      const embargoed = calendar[lowerBound(calendar, first) - embargoBars] ?? Number.NEGATIVE_INFINITY;
      let overlaps = 0;
      let within = 0;
      let latest = Number.NEGATIVE_INFINITY;
      for (const row of a) {
        const known = stack.knownAt[row]!;
        if (known > first || stack.closeTime[row]! >= first) overlaps++;
        else if (known > embargoed) within++;
        latest = Math.max(latest, known);
      }
      if (overlaps > 0)
        faults.push(
          `${overlaps} of ${a.length} ${earlier} labels become known after ${isoTime(first)}, the first decision of ${later}`,
        );
      if (within > 0)
        faults.push(
          `${within} ${earlier} labels lie within the embargo of ${embargoBars} bars before ${later}`,
        );
      const reaching = windowsReachingBack(stack, b, window, latest);
      if (reaching > 0)
        told.push(
          `${reaching} of ${b.length} ${later} windows begin before the last ${earlier} label was known: they read prices, no labels (an embargo of ${window} bars would keep them off)`,
        );
    }
  }
  const shared = sharedRows(split);
  if (shared > 0) faults.push(`${shared} rows stand in two parts`);
  const clean = `no label of an earlier part is known later than ${embargoBars} bars before a later part's first decision`;
  return {
    id: "overlap",
    title: "label overlap between the parts, after purging",
    verdict: faults.length > 0 ? "leak" : "clean",
    finding: [faults.length > 0 ? faults.join("; ") : clean, ...told].join("; "),
    compared,
  };
}

/** Windows of the rows whose first bar closed before `time`. */
function windowsReachingBack(stack: StackedRows, rows: Int32Array, window: number, time: number): number {
  return rows.reduce((n, row) => n + (stack.closeTime[row - window + 1]! < time ? 1 : 0), 0);
}

function sharedRows({ train, validation, test }: TimeSplit): number {
  const seen = new Set<number>(train.rows);
  let shared = 0;
  for (const row of [...validation.rows, ...test.rows]) {
    if (seen.has(row)) shared++;
    seen.add(row);
  }
  return shared;
}
