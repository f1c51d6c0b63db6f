/**
 * sum ln x[t] = ln prod x[t]: one logarithm stands for many. Beyond this, and below its inverse, the product so far is turned into
 * its logarithm, so that it neither overflows nor vanishes.
 */
export const LARGE_PRODUCT = 1e100;
