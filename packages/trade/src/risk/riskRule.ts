import type { Target, View } from "../signals/strategy.ts";

/**
 * Turns wanted into allowed weights. It may shrink a weight, set it to zero, add a zero for an instrument that is
 * held, or attach a protection. It never enlarges a weight and never turns its sign.
 * Returns its argument where nothing changes.
 */
export interface RiskRule {
  readonly name: string;
  apply(targets: readonly Target[], view: View): readonly Target[];
}
