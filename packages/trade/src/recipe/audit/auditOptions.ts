import type { RangeText } from "../dataUse.ts";

export interface AuditOptions extends RangeText {
  /** a recipe's name or a .yaml file */
  readonly recipe: string;
  /** look at the last so many bars of each symbol; all unless given, 20,000 when quick */
  readonly rows?: number | undefined;
  /** fewer moments, permutations and windows */
  readonly quick?: boolean | undefined;
  /** the recipe's unless given */
  readonly seed?: number | undefined;
}
