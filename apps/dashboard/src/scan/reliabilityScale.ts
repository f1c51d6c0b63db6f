import type { ReliabilityBin } from "@orion/trade/wire";

export interface Scale {
  from: number;
  to: number;
  ticks: readonly number[];
}

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const MOST_TICKS = 6;

/** An axis of shares, 0..1, from one round figure to another that holds all values; a single value gets room on both sides. */
export function shareScale(values: readonly number[]): Scale {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) return { from: 0, to: 1, ticks: [0, 1] };
  const low = Math.max(0, Math.min(1, ...known));
  const high = Math.min(1, Math.max(low, ...known));
  const span = Math.max(high - low, 0.002);
  const step = STEPS.find((size) => span / size <= MOST_TICKS - 2) ?? 0.5;
  const first = Math.max(0, Math.floor(low / step - 1e-9));
  const last = Math.min(Math.round(1 / step), Math.max(first + 1, Math.ceil(high / step + 1e-9)));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(4)));
  return { from: ticks[0]!, to: ticks.at(-1)!, ticks };
}

/** Bins that have rows, so that told and happened are known. */
export function knownBins(
  bins: readonly ReliabilityBin[],
): (ReliabilityBin & { told: number; share: number })[] {
  return bins.flatMap((bin) =>
    bin.told === null || bin.share === null ? [] : [{ ...bin, told: bin.told, share: bin.share }],
  );
}
