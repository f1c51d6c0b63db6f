import type { ScanResponse } from "@orion/trade/wire";
import { givenPercent, number, percent } from "../layout/format.ts";
import type { ScanRow } from "./arrangeSignals.ts";

/** One thing that the filter asks of a candidate. */
export interface FilterCheck {
  name: string;
  asked: string;
  has: string;
  /** by how much it is missed, in words; null where it is passed */
  missedBy: string | null;
}

type Filter = ScanResponse["filter"];
type Judged = Pick<ScanRow, "decision" | "probabilities" | "risk_score" | "reason">;

/**
 * All that the filter asks, in the order in which it asks, with what a candidate has: it refuses at the first miss, but a reader
 * wants to know how far away the others are as well. Probabilities are calibrated ones.
 */
export function filterChecks(
  { decision, probabilities, risk_score: risk, reason }: Judged,
  filter: Filter,
): FilterCheck[] {
  const { BUY: buy } = probabilities;
  const ahead = probabilities[decision] - buy;
  const short = filter.min_confidence - buy;
  const checks: FilterCheck[] = [
    {
      name: "Decision",
      asked: filter.decision,
      has: decision,
      missedBy: decision === "BUY" ? null : `P(${decision}) is ${points(ahead)} above P(BUY)`,
    },
    {
      name: "P(BUY), calibrated",
      asked: `${givenPercent(filter.min_confidence)} or more`,
      has: percent(buy, 1),
      missedBy: short > 0 ? points(short) : null,
    },
    {
      name: "Risk, 1–10",
      asked: `${number(filter.max_risk)} or less`,
      has: risk === null ? "could not be told" : number(risk),
      missedBy:
        risk === null
          ? "what is not known does not pass"
          : risk > filter.max_risk
            ? number(risk - filter.max_risk)
            : null,
    },
  ];
  // only what passes all of that can be one too many
  if (reason !== undefined && checks.every(({ missedBy }) => missedBy === null))
    checks.push({
      name: "Place",
      asked: `among the first ${number(filter.top)}`,
      has: reason,
      missedBy: "others are likelier to be a BUY",
    });
  return checks;
}

/** A difference of probabilities; a small one keeps the figures that show it is none of nothing. */
function points(share: number): string {
  const value = share * 100;
  const text = value >= 0.05 ? number(value, 1) : String(Number(value.toPrecision(1)));
  return `${text} percentage points`;
}
