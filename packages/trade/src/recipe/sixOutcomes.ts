import { UsageError } from "../core/errors.ts";
import { sixTargets } from "../labels/sixTargets.ts";
import type { OutcomeColumns } from "../models/multiTask/multiTaskTargets.ts";
import type { MultiTaskRecipe } from "./recipeSchema.ts";

/** Over how many bars each of the six targets is taken. */
export interface SixHorizons {
  /** of each return */
  readonly returns: readonly number[];
  readonly direction: number;
  /** of position, volatility and drawdown: the longest */
  readonly longest: number;
}

export function sixHorizons(recipe: MultiTaskRecipe): SixHorizons {
  const { kind: _kind, ...config } = recipe.label;
  const { horizons, directionHorizon } = sixTargets.config.parse(config);
  return {
    returns: horizons,
    direction: directionHorizon ?? horizons[0]!,
    longest: horizons[horizons.length - 1]!,
  };
}

/** The labeler's columns by what they are. @throws UsageError when one is missing */
export function outcomesOf(
  columns: Readonly<Record<string, Float32Array>>,
  horizons: SixHorizons,
): OutcomeColumns {
  const column = (name: string): Float32Array => {
    const values = columns[name];
    if (!values) throw new UsageError(`label: six heads need a column '${name}'`);
    return values;
  };
  return {
    returns: horizons.returns.map((h) => column(`return${h}`)),
    direction: column("direction"),
    position: column("position"),
    volatility: column("volatility"),
    drawdown: column("drawdown"),
  };
}
