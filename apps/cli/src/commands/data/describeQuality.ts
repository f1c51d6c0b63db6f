import type { StoredReport } from "@orion/trade/recipe";
import { percent, table } from "../../terminal/output.ts";

/** Places shown of one check, checks that are worth a line of the summary, series told in full. */
const PLACES = 5;
const TOLD_IN_FULL = 20;

/** Every series on a line, the worst first; then the places of trouble of those that fail, or of the only one. */
export function describeQuality(reports: readonly StoredReport[]): string {
  const ranked = [...reports].sort((a, b) => badness(b) - badness(a));
  const failing = ranked.filter((r) => !r.ok);
  const told = reports.length === 1 ? ranked : failing;
  const summary = table(
    ["series", "bars", "missing", "outliers", "targets", "findings"],
    ranked.map((r) => [
      nameOf(r),
      String(r.rows),
      r.missingShare === null ? "–" : percent(r.missingShare, 3),
      percent(r.outlierShare, 3),
      r.targets.some((t) => t.met === false) ? "missed" : "met",
      worst(r),
    ]),
  );
  const rest = told.length - TOLD_IN_FULL;
  return [
    `${reports.length} series: ${reports.length - failing.length} sound, ${failing.length} failing (a target missed, or errors); targets: missing < 0.1 %, outliers < 0.5 %`,
    summary,
    ...told.slice(0, TOLD_IN_FULL).map(details),
    ...(rest > 0 ? [`${rest} more fail: name one with --symbol, or take --json for every place`] : []),
  ].join("\n\n");
}

function details(report: StoredReport): string {
  const lines = [`${nameOf(report)}: ${report.rows} rows, ${report.from ?? "–"} to ${report.to ?? "–"}`];
  if (report.calendar) lines.push(`  gaps judged by ${report.calendar}`);
  for (const check of report.checks.filter((c) => c.count > 0)) {
    lines.push(
      `  ${check.severity} ${check.name}: ${check.count} (${percent(check.share, 3)}), ${check.rule}`,
    );
    const places = [...check.findings].sort((a, b) => b.count - a.count);
    for (const { from, to, count, note } of places.slice(0, PLACES)) {
      lines.push(`    ${from} to ${to}${count > 1 ? `, ${count}` : ""}${note ? `: ${note}` : ""}`);
    }
    if (places.length > PLACES) lines.push(`    and ${places.length - PLACES} more places`);
  }
  for (const c of report.comparisons) {
    const limit = `tolerance ${percent(c.tolerance.price, 4)} of price`;
    const ratio = c.medianRatio === null ? "" : `, median ratio ${c.medianRatio.toPrecision(6)}`;
    lines.push(`  against ${c.name}: ${c.differing} of ${c.common} common bars differ (${limit}${ratio})`);
  }
  for (const t of report.targets) {
    const verdict = t.met === null ? "not judged" : t.met ? "met" : "missed";
    lines.push(`  ${t.name} ${percent(t.measured, 3)} (target below ${percent(t.target, 1)}): ${verdict}`);
  }
  const { repaired } = report;
  if (repaired) {
    const state = repaired.outdated
      ? "made of older bars: repair again"
      : repaired.ok
        ? "sound"
        : "still failing";
    lines.push(
      `  repaired: ${repaired.rows} bars, ${repaired.droppedBars} dropped, ${repaired.proposals} splits proposed, ${state}; ${repaired.path}`,
    );
  }
  return lines.join("\n");
}

function nameOf(report: StoredReport): string {
  const kind = report.kind === "bars" ? [] : [report.kind];
  return [report.symbol, report.timeframe, report.market, ...kind].filter((part) => part !== null).join(" ");
}

/** Failing ones first, then by errors, missed targets and the number of kinds of findings. */
function badness(report: StoredReport): number {
  const errors = report.checks.filter((c) => c.severity === "error").length;
  const missed = report.targets.filter((t) => t.met === false);
  const excess = missed.reduce((sum, t) => sum + Math.min(1, t.measured ?? 0), 0);
  const warnings = report.checks.filter((c) => c.severity === "warning").length;
  return (report.ok ? 0 : 1e6) + errors * 1e4 + missed.length * 1e3 + excess * 100 + warnings;
}

function worst(report: StoredReport): string {
  const order = ["error", "warning", "note"];
  const found = report.checks
    .filter((c) => c.count > 0 && c.severity !== "not judged")
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const repaired = report.repaired ? ["repaired"] : [];
  return [...found.map((c) => `${c.name} ${c.count}`), ...repaired].join(", ") || "none";
}
