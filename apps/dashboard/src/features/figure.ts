import { NONE } from "../layout/format.ts";

/** A value in units of its own: four significant digits, powers of ten where zeros would hide them. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size < 1e-4 || size >= 1e7
      ? size.toExponential(3)
      : size >= 1000
        ? Math.round(size).toLocaleString("en-US")
        : String(Number(size.toPrecision(4)));
  return value < 0 ? `\u2212${text}` : text;
}
