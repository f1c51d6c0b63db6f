/** ln(a / b) of two prices; NaN unless both are above 0: a negative price has no return. */
export function logRatio(a: number, b: number): number {
  return a > 0 && b > 0 ? Math.log(a / b) : Number.NaN;
}
