import type { Theme } from "../layout/useTheme.ts";

type Rgb = readonly [number, number, number];

/** Blue for columns that move against each other, orange for those that move together; the ends differ in hue and the middle fades. */
const ends: Record<Theme, { minus: Rgb; middle: Rgb; plus: Rgb }> = {
  light: { minus: [11, 86, 164], middle: [246, 246, 242], plus: [179, 66, 8] },
  dark: { minus: [88, 166, 255], middle: [20, 27, 35], plus: [255, 154, 74] },
};

/** The colour of a correlation, -1 … 1. */
export function heatColour(r: number, theme: Theme): string {
  const { minus, middle, plus } = ends[theme];
  const end = r < 0 ? minus : plus;
  const share = Math.min(1, Math.abs(r));
  const mixed = middle.map((from, i) => Math.round(from + (end[i]! - from) * share));
  return `rgb(${mixed.join(" ")})`;
}
