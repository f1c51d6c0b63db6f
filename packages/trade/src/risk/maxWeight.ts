import { z } from "zod";
import type { Part } from "../core/parts.ts";
import type { RiskRule } from "./riskRule.ts";

const config = z.strictObject({ max: z.number().positive().max(10) });

/** No holding above `max` of the equity in either direction: w -> sign(w) min(|w|, max). */
export const maxWeight: Part<"maxWeight", typeof config, RiskRule> = {
  kind: "maxWeight",
  config,
  create({ max }) {
    return {
      name: `maxWeight ${max}`,
      apply(targets) {
        if (!targets.some((t) => Math.abs(t.weight) > max)) return targets;
        return targets.map((t) =>
          Math.abs(t.weight) > max
            ? { ...t, weight: Math.sign(t.weight) * max, reason: `${t.reason}, at most ${max} of equity` }
            : t,
        );
      },
    };
  },
};
