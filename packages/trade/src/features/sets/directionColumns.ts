import { wilderLookback } from "../indicators/wilder.ts";
import { asIs, indicatorColumn, type SetColumn } from "./indicatorColumns.ts";

/**
 * Wilder's directional indicators and their average index. The registry tells one lookback for all outputs of an indicator; the
 * two indicators, averaged once and not twice like the index, remember half as long.
 */
export function directionColumns(period: number): readonly SetColumn[] {
  const column = (output: string): SetColumn =>
    indicatorColumn(`${output}${period}`, "adx", { period }, asIs, output);
  const sides = ["plusDi", "minusDi"].map((output) => ({
    ...column(output),
    lookback: wilderLookback(period) + 1,
  }));
  return [...sides, column("adx")];
}
