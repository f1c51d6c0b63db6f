import { z } from "zod";
import { type AnyPart, createPart, type Part } from "../core/parts.ts";
import { BUY, SELL } from "./signalTape.ts";

/** How much of the equity a signal is worth. */
export interface Sizer {
  /** the wanted signed weight for BUY or SELL */
  weight(signal: typeof BUY | typeof SELL): number;
}

const fixedFractionConfig = z.strictObject({
  fraction: z.number().positive().max(1).default(1),
  allowShort: z.boolean().default(false),
});

/** BUY holds `fraction` of the equity; SELL holds nothing, or minus `fraction` where shorts are allowed. */
export const fixedFraction: Part<"fixedFraction", typeof fixedFractionConfig, Sizer> = {
  kind: "fixedFraction",
  config: fixedFractionConfig,
  create({ fraction, allowShort }) {
    return {
      weight: (signal) => (signal === BUY ? fraction : signal === SELL && allowShort ? -fraction : 0),
    };
  },
};

export const SIZERS: readonly AnyPart<Sizer>[] = [fixedFraction];

/** @throws UsageError that names the unknown kind or the wrong key */
export function createSizer(spec: { kind: string }, where = "sizing"): Sizer {
  return createPart(SIZERS, spec, where);
}
