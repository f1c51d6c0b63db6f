import type { QualityPlace } from "@orion/trade/wire";
import { countBefore } from "../api/barPages.ts";

/** A place of trouble on the axis of bars: 0 is the middle of the first bar, 0.5 the edge to the second. */
export interface PlaceSpan {
  place: QualityPlace;
  from: number;
  to: number;
}

/**
 * Where places lie among bars. A gap has no bars of its own: it stands between its two neighbours. Places that begin
 * before the first bar are cut to it; those outside have no span.
 * @param time starts of bars, ms UTC, ascending
 * @param barMs the length of a bar
 */
export function placeSpans(
  time: readonly number[],
  barMs: number,
  places: readonly QualityPlace[],
): PlaceSpan[] {
  const first = time[0];
  if (first === undefined) return [];
  const end = time.at(-1)! + barMs;
  const spans: PlaceSpan[] = [];
  for (const place of places) {
    const from = Date.parse(place.from);
    const to = Date.parse(place.to);
    if (to <= first || from >= end) continue;
    // the first bar that ends within the place, and the last one that begins in it
    const start = countBefore(time, from - barMs + 1);
    const stop = countBefore(time, to) - 1;
    const isBetween = stop < start || place.kind === "gaps";
    spans.push(
      isBetween
        ? { place, from: countBefore(time, from) - 0.9, to: countBefore(time, from) - 0.1 }
        : { place, from: Math.max(0, start) - 0.5, to: stop + 0.5 },
    );
  }
  return spans;
}
