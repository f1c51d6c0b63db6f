/**
 * Why these five numbers cannot be a bar, in words, or null. Open and close outside [low, high] is not judged here:
 * vendors round and merge sessions, so that a few real bars have it; the quality report counts them.
 */
export function barFault(
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
): string | null {
  if (!(Number.isFinite(open) && Number.isFinite(high) && Number.isFinite(low) && Number.isFinite(close))) {
    return "a price is not a finite number";
  }
  if (high < low) return `high ${high} is below low ${low}`;
  if (open <= 0 || high <= 0 || low <= 0 || close <= 0) return "a price is zero or negative";
  if (Number.isNaN(volume) || volume < 0 || volume === Number.POSITIVE_INFINITY) {
    return `volume ${volume} is no amount`;
  }
  return null;
}
