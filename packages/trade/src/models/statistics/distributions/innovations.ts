import type { Innovation } from "./innovation.ts";
import { normal } from "./normal.ts";
import { skewedStudent } from "./skewedStudent.ts";
import { student } from "./student.ts";

/** All distributions of innovations by the name that options use. */
export const innovations = { normal, t: student, skewt: skewedStudent } as const satisfies Record<
  string,
  Innovation
>;
export type InnovationName = keyof typeof innovations;

/** E|z| = -2 E[z 1(z < 0)], since E[z] = 0. */
export function meanAbsolute(innovation: Innovation, shape: ArrayLike<number>): number {
  const below = innovation.cdf(0, shape);
  return -2 * below * innovation.tailMean(below, shape);
}
