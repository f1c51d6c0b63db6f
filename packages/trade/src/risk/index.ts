import { type AnyPart, createPart } from "../core/parts.ts";
import { maxWeight } from "./maxWeight.ts";
import type { RiskRule } from "./riskRule.ts";
import { stopTarget } from "./stopTarget.ts";

export * from "./maxWeight.ts";
export * from "./riskRule.ts";
export * from "./stopTarget.ts";

export const RISK_RULES: readonly AnyPart<RiskRule>[] = [maxWeight, stopTarget];

/** @throws UsageError that names the unknown kind or the wrong key */
export function createRiskRule(spec: { kind: string }, where = "risk"): RiskRule {
  return createPart(RISK_RULES, spec, where);
}
