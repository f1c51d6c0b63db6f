import { DAY_MS, isoTime } from "../../core/time.ts";
import type { Market, SeriesKind } from "../instrument.ts";
import type { Agreement } from "./compareSeries.ts";
import { CHECKS, type CheckName, type FindingSeverity, type Findings } from "./findings.ts";

/** The targets of clean data: missing bars below 0.1 %, outliers below 0.5 %. */
export const MISSING_TARGET = 0.001;
export const OUTLIER_TARGET = 0.005;

/** Places named first. */
const FIRST_PLACES = 10;

export type CheckSeverity = FindingSeverity | "ok" | "not judged";

/** Bars from the start of the first to the close of the last, ISO 8601. */
export interface QualityPlace {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly note: string;
}

export interface QualityCheck {
  readonly name: CheckName;
  /** what is counted, in words */
  readonly rule: string;
  readonly count: number;
  /** count as a fraction of what was looked at */
  readonly share: number;
  /** where the first ones begin, ISO 8601 */
  readonly places: readonly string[];
  /** every place */
  readonly findings: readonly QualityPlace[];
  readonly severity: CheckSeverity;
}

export interface QualityTarget {
  readonly name: "missing" | "outliers";
  /** the share must be below this */
  readonly target: number;
  readonly measured: number | null;
  /** null when it is not judged */
  readonly met: boolean | null;
}

/** What the checks say of one series. */
export interface QualityReport {
  readonly symbol: string;
  readonly market: Market | null;
  readonly kind: SeriesKind;
  /** null for funding */
  readonly timeframe: string | null;
  readonly rows: number;
  /** start of the first bar and close of the last, ISO 8601; null without rows */
  readonly from: string | null;
  readonly to: string | null;
  /** what gaps were judged by; null when they were not */
  readonly calendar: string | null;
  readonly checks: readonly QualityCheck[];
  readonly comparisons: readonly Agreement[];
  /** missing bars as a fraction of those expected from the first to the last; null when gaps are not judged */
  readonly missingShare: number | null;
  readonly outlierShare: number;
  readonly targets: readonly QualityTarget[];
  /** no error and no target missed */
  readonly ok: boolean;
}

export interface ReportParts {
  readonly head: Pick<
    QualityReport,
    "symbol" | "market" | "kind" | "timeframe" | "rows" | "calendar" | "comparisons"
  >;
  /** ms UTC; null without rows */
  readonly from: number | null;
  readonly to: number | null;
  readonly findings: Findings;
  /** the checks that were made; gaps among them are told as not judged where there is no calendar */
  readonly made: readonly CheckName[];
  /** how many were looked at where that is not the number of rows */
  readonly looked: Partial<Record<CheckName, number>>;
  readonly missingShare: number | null;
  readonly outlierShare: number;
}

/** Puts what was found into the report. */
export function makeReport(parts: ReportParts): QualityReport {
  const { head, findings, made, missingShare, outlierShare } = parts;
  const isJudged = head.calendar !== null;
  const checks = made.map((name): QualityCheck => {
    const [severity, rule] = CHECKS[name];
    if (name === "gaps" && !isJudged) {
      const why = "not judged: nights, weekends and holidays need the exchange's calendar of that time";
      return { name, rule: why, count: 0, share: 0, places: [], findings: [], severity: "not judged" };
    }
    const found = findings.of(name);
    const count = findings.count(name);
    return {
      name,
      rule,
      count,
      share: count === 0 ? 0 : count / (parts.looked[name] ?? head.rows),
      places: found.slice(0, FIRST_PLACES).map((f) => timeText(f.from)),
      findings: found.map((f) => ({
        from: timeText(f.from),
        to: timeText(f.to),
        count: f.count,
        note: f.note,
      })),
      severity: count === 0 ? "ok" : severity,
    };
  });
  const targets: QualityTarget[] = [
    {
      name: "missing",
      target: MISSING_TARGET,
      measured: missingShare,
      met: missingShare === null ? null : missingShare < MISSING_TARGET,
    },
    { name: "outliers", target: OUTLIER_TARGET, measured: outlierShare, met: outlierShare < OUTLIER_TARGET },
  ];
  return {
    ...head,
    from: parts.from === null ? null : timeText(parts.from),
    to: parts.to === null ? null : timeText(parts.to),
    checks,
    missingShare,
    outlierShare,
    targets,
    ok: checks.every((c) => c.severity !== "error") && targets.every((t) => t.met !== false),
  };
}

/** A time past all calendars is written as the number that it is. */
function timeText(ms: number): string {
  return Math.abs(ms) <= 1e8 * DAY_MS ? isoTime(ms) : `${ms} ms`;
}
