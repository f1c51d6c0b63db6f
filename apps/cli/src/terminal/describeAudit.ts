import type { AuditColumn, AuditReport, AuditVerdict } from "@orion/trade/wire";
import { percent, table } from "./output.ts";

const MARK: Record<AuditVerdict, string> = { clean: "clean", leak: "LEAK", "not judged": "–" };

/** The checks with what they found, permuted labels, every column, and the first place of each leak. */
export function describeAudit(report: AuditReport): string {
  const { symbols, examples } = report;
  const [first] = symbols;
  const rows = symbols.reduce((sum, s) => sum + s.rows, 0);
  const leaking = report.checks.filter((check) => check.verdict === "leak");
  return [
    leaking.length > 0
      ? `${report.recipe}: LEAK found by ${leaking.map((check) => check.id).join(", ")}`
      : `${report.recipe}: clean, as far as these checks can see`,
    [
      `bars      ${rows} of ${symbols.length === 1 ? first!.symbol : `${symbols.length} symbols`}, ${first!.from} to ${first!.to}${report.context.length > 0 ? `, beside ${report.context.join(", ")}` : ""}`,
      `examples  train ${examples.train}, validation ${examples.validation}, test ${examples.test} (of these none is scored)`,
      `moments   ${report.moments.length}, seed ${report.seed}`,
      `training  ${report.training}`,
    ].join("\n"),
    report.checks
      .map((check) => `${MARK[check.verdict].padEnd(6)} ${check.title}\n       ${check.finding}`)
      .join("\n"),
    table(
      ["permuted labels", "rows", "accuracy", "95 % (bootstrap of rows)"],
      report.permutation.flatMap((p) =>
        p.seeds.map((s) => [
          `${p.head}, seed ${s.seed}`,
          String(p.rows),
          percent(s.balancedAccuracy, 1),
          s.interval ? `${percent(s.interval[0], 1)} to ${percent(s.interval[1], 1)}` : "too few blocks",
        ]),
      ),
    ),
    table(
      ["feature", "cut off", "other future", "warm-up", "deviation", "scaled: cut off", "other future"],
      report.columns.filter((c) => c.kind === "feature").map((c) => featureLine(c, report)),
    ),
    table(
      ["beside the features", "kind", "cut off", "other future"],
      report.columns
        .filter((c) => c.kind !== "feature" && !isShownWithFeature(c, report))
        .map((c) => [c.name, c.kind, MARK[c.truncation], MARK[c.perturbation]]),
    ),
    ...report.columns.flatMap(leaksOf),
    report.notes.map((note) => `note: ${note}`).join("\n"),
  ].join("\n\n");
}

function featureLine(c: AuditColumn, report: AuditReport): string[] {
  const input = report.columns.find((other) => other.kind === "input" && other.name === c.name);
  const deviation = c.warmUpDeviation === null ? "no value" : c.warmUpDeviation.toExponential(1);
  return [
    c.name,
    MARK[c.truncation],
    MARK[c.perturbation],
    MARK[c.warmUp],
    c.warmUp === "not judged" ? "" : deviation,
    input ? MARK[input.truncation] : "not read",
    input ? MARK[input.perturbation] : "",
  ];
}

/** What the network reads of a feature stands on the feature's line; components of many have lines of their own. */
function isShownWithFeature(c: AuditColumn, report: AuditReport): boolean {
  return (
    c.kind === "input" && report.columns.some((other) => other.kind === "feature" && other.name === c.name)
  );
}

function leaksOf(column: AuditColumn): string[] {
  const told = (value: number | null): string => (value === null ? "no value" : String(value));
  return column.leaks.map(
    (leak) =>
      `${column.kind} ${column.name}, ${leak.check}: ${leak.symbol} at ${leak.row} is ${told(leak.was)} from all bars and ${told(leak.became)} ${HOW[leak.check]} ${leak.moment}${leak.note ? ` (${leak.note})` : ""}`,
  );
}

const HOW = {
  truncation: "from those up to",
  perturbation: "with other bars after",
  warmUp: "from exactly its lookback before",
};
