/**
 * The number that was printed: Yahoo sends single-precision numbers written out as doubles (187.14999389648438), of which the
 * shortest decimal that is the same single-precision number is taken (187.15). Others stay as they are.
 */
export function printedPrice(value: number): number {
  if (Math.fround(value) !== value) return value;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/**
 * A price as it traded, from one that Yahoo divided by `shares`, the product of all later splits (4 for 4:1). US stocks
 * trade in cents, below one dollar in hundredths of cents (Regulation NMS, Rule 612): four decimals hold either.
 */
export function rawPrice(value: number, shares: number): number {
  const printed = printedPrice(value);
  return shares === 1 ? printed : Math.round(printed * shares * 1e4) / 1e4;
}

/** Shares as they traded: whole. */
export function rawVolume(value: number, shares: number): number {
  return shares === 1 ? value : Math.round(value / shares);
}
