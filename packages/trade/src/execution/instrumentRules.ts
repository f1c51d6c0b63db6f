import { z } from "zod";

/** What an exchange accepts. Defaults: BTCUSDT on Binance spot. */
export const instrumentRulesSchema = z.strictObject({
  /** quantities are whole multiples of it, units of the base asset; at least 1e-8 */
  quantityStep: z.number().min(1e-8).default(1e-5),
  /** smallest order, units of the base asset */
  minQuantity: z.number().min(0).default(1e-5),
  /** smallest order, quote currency */
  minNotional: z.number().min(0).default(5),
});
export type InstrumentRules = z.output<typeof instrumentRulesSchema>;
