/**
 * A move of less than this share of the price counts as none. It lies below the tick of every market and above
 * the rounding of 64-bit floats: without it a ratio of two such moves (RSI, %B) would be a ratio of rounding errors,
 * and in a halted market it would keep the memory of its last trade for ever.
 */
export const FLAT = 1e-9;
