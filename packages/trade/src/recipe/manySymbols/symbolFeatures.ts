import { createPart } from "../../core/parts.ts";
import { type Feature, featureParts } from "../../features/index.ts";
import { type BarSeries, singlePanel } from "../../market/bars.ts";
import { alignPanel } from "../../market/panel/alignPanel.ts";

/** A feature as a recipe writes it: its kind and its own keys. */
export interface FeatureSpec {
  readonly kind: string;
  readonly [key: string]: unknown;
}

/**
 * What makes the columns of one symbol after another: the parts once, then each symbol's panel, alone or beside the context
 * as of each close. The same in every thread.
 */
export function symbolFeatures(
  specs: readonly FeatureSpec[],
  context: readonly BarSeries[],
  barMs: number,
): { readonly columns: readonly string[]; compute(bars: BarSeries): Float32Array[] } {
  const parts: Feature[] = specs.map((spec, i) => createPart(featureParts, spec, `features.${i}`));
  return {
    columns: parts.flatMap((part) => part.columns),
    compute(bars) {
      const panel = context.length === 0 ? singlePanel(bars) : alignPanel(bars, context, { barMs });
      return parts.flatMap((part) => [...part.compute(panel)]);
    },
  };
}
