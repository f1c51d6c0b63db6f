/**
 * Money and quantities as whole numbers of 1e-8: sums are exact, nothing is lost to binary rounding.
 * Prices and features stay floats; a price enters the ledger through `toFixed8` (nearest 1e-8, finer than any tick).
 */
export type Fixed8 = bigint;

export const FIXED_ONE: Fixed8 = 100_000_000n;

/**
 * The nearest whole number of 1e-8. Past 3e7 a float itself is coarser than that: the amount is then the float's.
 * @throws RangeError when the value is not finite
 */
export function toFixed8(value: number): Fixed8 {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no amount`);
  const whole = Math.trunc(value);
  return BigInt(whole) * FIXED_ONE + BigInt(Math.round((value - whole) * 1e8));
}

export function fromFixed8(amount: Fixed8): number {
  const whole = amount / FIXED_ONE;
  return Number(whole) + Number(amount - whole * FIXED_ONE) / 1e8;
}

/** a x b, rounded towards minus infinity: what is received is never rounded up. */
export function mulDown(a: Fixed8, b: Fixed8): Fixed8 {
  const product = a * b;
  const quotient = product / FIXED_ONE;
  return product < 0n && product % FIXED_ONE !== 0n ? quotient - 1n : quotient;
}

/** a x b, rounded towards plus infinity: what is paid is never rounded down. */
export function mulUp(a: Fixed8, b: Fixed8): Fixed8 {
  return -mulDown(-a, b);
}

/** a / b for b > 0, rounded towards minus infinity. */
export function divDown(a: Fixed8, b: Fixed8): Fixed8 {
  const scaled = a * FIXED_ONE;
  const quotient = scaled / b;
  return scaled < 0n && scaled % b !== 0n ? quotient - 1n : quotient;
}
