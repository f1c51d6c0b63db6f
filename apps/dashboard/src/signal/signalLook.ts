import type { SignalName } from "@orion/trade/wire";
import { ArrowDown, ArrowUp, type LucideIcon, Pause } from "lucide-react";

/** A signal is told by word, shape and colour, so that none of them is needed alone. */
export const signalLook: Record<
  SignalName,
  { icon: LucideIcon; text: string; bar: string; meaning: string }
> = {
  BUY: { icon: ArrowUp, text: "text-buy", bar: "bg-buy", meaning: "a rise beyond the recipe's threshold" },
  HOLD: { icon: Pause, text: "text-hold", bar: "bg-hold", meaning: "no move beyond the recipe's threshold" },
  SELL: {
    icon: ArrowDown,
    text: "text-sell",
    bar: "bg-sell",
    meaning: "a fall beyond the recipe's threshold",
  },
};
