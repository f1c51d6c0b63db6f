import { findIndicator, type InputColumns } from "@orion/trade/features";
import { fastest } from "./fastest.ts";

/** An indicator of another library, under the name that it has in Orion's registry. */
export interface OtherIndicator {
  /** Orion's parameters for the same thing */
  readonly settings: Readonly<Record<string, unknown>>;
  /** computes all bars and gives the values of the last one */
  last(): readonly number[];
}

/**
 * Both on the same bars, seconds: Orion's the least of `runs`, the other's one run. `agrees` tells whether each of its last values that stands for
 * an output of Orion's, at least one and never more than Orion has, is within 1e-6 of it; only then is there a `ratio`, its time over Orion's.
 */
export function besideOther(
  name: string,
  { settings, last }: OtherIndicator,
  bars: Required<InputColumns>,
  runs: number,
): { value: number; unit: string; orion: number; ratio?: number; agrees: boolean } {
  const configured = findIndicator(name).create(settings);
  const orion = fastest(() => configured.compute(bars), runs);
  const ours = Object.values(configured.compute(bars)).map((column) => column.at(-1)!);
  let theirs: readonly number[] = [];
  const value = fastest(() => {
    theirs = last();
  }, 1);
  const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));
  const met = ours.filter((own) => theirs.some((other) => close(other, own))).length;
  const agrees = met >= Math.min(ours.length, theirs.length) && met > 0;
  return { value, unit: "s a million bars", orion, ...(agrees ? { ratio: value / orion } : {}), agrees };
}
