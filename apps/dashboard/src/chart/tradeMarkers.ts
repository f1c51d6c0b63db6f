import type { Trade } from "@orion/trade/wire";
import type { SeriesMarker, Time, UTCTimestamp } from "lightweight-charts";

/**
 * Markers of entries and exits on the bars in which they happened, in time order. Trades outside the bars have none.
 * @param time the start of each bar, ms UTC, ascending
 */
export function tradeMarkers(
  time: readonly number[],
  trades: readonly Trade[],
  colours: { buy: string; sell: string; accent: string },
): SeriesMarker<Time>[] {
  const first = time[0];
  const last = time.at(-1);
  if (first === undefined || last === undefined) return [];
  const step = time.length > 1 ? last - time[time.length - 2]! : 0;
  const barOf = (iso: string): UTCTimestamp | null => {
    const at = Date.parse(iso);
    if (at < first || at >= last + step) return null;
    let low = 0;
    let high = time.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (time[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return (time[low]! / 1000) as UTCTimestamp;
  };
  const markers: SeriesMarker<Time>[] = [];
  for (const trade of trades) {
    const isLong = trade.side === "long";
    const entry = barOf(trade.entryTime);
    if (entry !== null) {
      markers.push({
        time: entry,
        position: isLong ? "belowBar" : "aboveBar",
        shape: isLong ? "arrowUp" : "arrowDown",
        color: isLong ? colours.buy : colours.sell,
        text: isLong ? "long" : "short",
      });
    }
    const exit = barOf(trade.exitTime);
    if (exit !== null) {
      markers.push({
        time: exit,
        position: isLong ? "aboveBar" : "belowBar",
        shape: "circle",
        color: colours.accent,
        text: trade.exitReason === "endOfData" ? "end" : trade.exitReason,
      });
    }
  }
  return markers.sort((a, b) => Number(a.time) - Number(b.time));
}
