import { z } from "zod";
import type { Part } from "../core/parts.ts";
import type { Target } from "../signals/strategy.ts";
import type { RiskRule } from "./riskRule.ts";

const distance = z.number().positive().max(10).nullable().default(null);
const config = z.strictObject({ stop: distance, target: distance });

/**
 * Every position gets a stop and a target at fixed fractions of its entry fill price: a long from F is closed at
 * F (1 - stop) and at F (1 + target), a short at F (1 + stop) and at F (1 - target). A nearer distance that the target
 * carries already stays.
 */
export const stopTarget: Part<"stopTarget", typeof config, RiskRule> = {
  kind: "stopTarget",
  config,
  create({ stop, target }) {
    const nearer = (a: number | null, b: number | null): number | null =>
      a === null ? b : b === null ? a : Math.min(a, b);
    const protect = (wanted: Target): Target =>
      wanted.weight === 0
        ? wanted
        : {
            ...wanted,
            protection: {
              stop: nearer(stop, wanted.protection?.stop ?? null),
              target: nearer(target, wanted.protection?.target ?? null),
            },
          };
    return {
      name: `stopTarget ${stop ?? "none"} ${target ?? "none"}`,
      apply: (targets) => (targets.length === 0 ? targets : targets.map(protect)),
    };
  },
};
