import type { QualityResponse } from "@orion/trade/wire";
import { Check, X } from "lucide-react";
import { severityLook } from "../chart/severityLook.ts";
import { number, percent, utc } from "../layout/format.ts";

const severities: readonly string[] = ["error", "warning", "note"];
const targetText = { missing: "Missing bars", outliers: "Outliers" } as const;

/** The verdict, the targets, and what each check found. */
export function QualityReport({ quality }: { quality: QualityResponse }) {
  const found = quality.checks.filter((c) => c.count > 0);
  const clean = quality.checks.filter((c) => c.count === 0);
  const byRank = [...found].sort((a, b) => rankOf(a.severity) - rankOf(b.severity) || b.count - a.count);
  const told = severities
    .map((severity) => [severity, found.filter((c) => c.severity === severity).length] as const)
    .filter(([, checks]) => checks > 0)
    .map(([severity, checks]) => `${checks} ${checks === 1 ? "check" : "checks"} with ${severity}s`)
    .join(", ");
  return (
    <>
      <div className="grid gap-1.5" data-testid="quality-verdict" data-ok={quality.ok}>
        <p
          className={`flex items-center gap-2 text-[1.05rem] font-medium ${quality.ok ? "text-buy" : "text-sell"}`}
        >
          {quality.ok ? <Check aria-hidden className="size-5" /> : <X aria-hidden className="size-5" />}
          {quality.ok ? "Sound" : "Not sound"}
        </p>
        <p className="text-[0.88rem]">{told || "No check found anything."}</p>
        <p className="text-[0.85rem] text-muted">
          {number(quality.rows)} bars, {utc(quality.from)} to {utc(quality.to)} UTC; gaps judged by{" "}
          {quality.calendar ?? "nothing: the calendar is not known"}.
        </p>
      </div>
      <table className="table table-tight" data-testid="quality-targets">
        <caption className="eyebrow pb-1 text-left">Targets (share of bars)</caption>
        <tbody>
          {quality.targets.map((t) => (
            <tr key={t.name}>
              <th scope="row">{targetText[t.name]}</th>
              <td>{percent(t.measured, 3)}</td>
              <td className="text-muted">below {percent(t.target, 1)}</td>
              <td className={t.met === null ? "text-muted" : t.met ? "text-buy" : "text-sell"}>
                {t.met === null ? "not judged" : t.met ? "met" : "missed"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {byRank.length > 0 && (
        <ul className="grid gap-2 text-[0.88rem]" aria-label="Findings by check" data-testid="quality-checks">
          {byRank.map((c) => {
            const look =
              c.severity in severityLook ? severityLook[c.severity as keyof typeof severityLook] : null;
            return (
              <li
                key={c.kind}
                className="grid grid-cols-[4.2rem_1fr_auto] items-baseline gap-x-3"
                data-check={c.kind}
              >
                <span className={look?.text ?? "text-muted"}>{c.severity}</span>
                <span className="min-w-0">
                  <span className="font-medium">{wordsOf(c.kind)}</span>{" "}
                  <span className="text-muted">{c.rule}</span>
                </span>
                <span className="text-right">
                  {number(c.count)} <span className="text-muted">({percent(c.share, 2)})</span>
                </span>
              </li>
            );
          })}
        </ul>
      )}
      <details className="text-[0.85rem] text-muted">
        <summary>{number(clean.length)} checks found nothing</summary>
        <p className="pt-1">{clean.map((c) => wordsOf(c.kind)).join(", ")}</p>
      </details>
      {quality.repaired && (
        <p className="text-[0.85rem] text-muted">
          A repair lies beside the raw bars: {number(quality.repaired.rows)} bars,{" "}
          {number(quality.repaired.droppedBars)} dropped, {number(quality.repaired.proposals)} splits
          proposed.
        </p>
      )}
    </>
  );
}

function rankOf(severity: string): number {
  const rank = severities.indexOf(severity);
  return rank < 0 ? severities.length : rank;
}

/** `zeroVolume` as `zero volume`. */
export function wordsOf(kind: string): string {
  return kind.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}
