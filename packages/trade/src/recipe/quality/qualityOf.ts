import { DataError } from "../../core/errors.ts";
import { timeframeMs } from "../../core/time.ts";
import { CHECKS, checkBars } from "../../market/index.ts";
import { listSeries, readBars, readRepair } from "../../store/index.ts";
import type { QualityPlace, QualityQuery, QualityResponse } from "../../wire/quality.ts";
import { workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { knownOf } from "./knownOf.ts";

/** More places do not show on a chart. */
const MAX_PLACES = 2000;
const RANK = { error: 0, warning: 1, note: 2 };

/** The quality of stored bars with its places of trouble, for a chart. @throws DataError when no such bars are stored */
export async function qualityOf(context: PipelineContext, key: QualityQuery): Promise<QualityResponse> {
  const workspace = await workspaceOf(context);
  const all = await listSeries(workspace);
  const wanted = key.timeframe === undefined ? undefined : timeframeMs(key.timeframe);
  const stored = all
    .filter(
      (s) =>
        s.kind === "bars" &&
        s.symbol === key.symbol &&
        (key.market === undefined || s.market === key.market) &&
        (wanted === undefined || timeframeMs(s.timeframe!) === wanted),
    )
    .sort((a, b) => timeframeMs(a.timeframe!) - timeframeMs(b.timeframe!))[0];
  if (!stored) {
    throw new DataError(`no bars of ${key.symbol}${key.timeframe ? ` at ${key.timeframe}` : ""} are stored`);
  }
  const place = { symbol: stored.symbol, timeframe: stored.timeframe!, market: stored.market };
  const bars = await readBars(workspace, place);
  const report = checkBars(bars, timeframeMs(place.timeframe), await knownOf(workspace, stored, all));
  const repair = await readRepair(workspace, place);
  const places = report.checks.flatMap((check): QualityPlace[] => {
    const [severity] = CHECKS[check.name];
    return check.findings.map((f) => ({ ...f, kind: check.name, severity, note: f.note || check.rule }));
  });
  const kept = places
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.count - a.count)
    .slice(0, MAX_PLACES);
  return {
    ...place,
    rows: report.rows,
    from: report.from,
    to: report.to,
    calendar: report.calendar,
    ok: report.ok,
    targets: [...report.targets],
    checks: report.checks.map(({ name, rule, count, share, severity }) => ({
      kind: name,
      rule,
      count,
      share,
      severity,
    })),
    places: kept.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)),
    placesLeftOut: places.length - kept.length,
    repaired: repair && {
      rows: repair.bars.length,
      droppedBars: repair.journal.filter((e) => e.applied && e.column === "close" && e.after === null).length,
      proposals: repair.journal.filter((e) => !e.applied).length,
    },
  };
}
