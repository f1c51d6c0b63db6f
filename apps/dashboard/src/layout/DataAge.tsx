import { Clock, TriangleAlert } from "lucide-react";
import { duration, timeframeSeconds } from "./format.ts";
import { useNow } from "./useNow.ts";

/** A bar that closed longer ago than two of its kind last says nothing about now. */
export function isStale(ageSeconds: number, timeframe: string): boolean {
  return ageSeconds > 2 * timeframeSeconds(timeframe) + 60;
}

export function DataAge({ barTime, timeframe }: { barTime: string | null; timeframe: string | null }) {
  const now = useNow();
  if (barTime === null || timeframe === null) return null;
  const age = (now - Date.parse(barTime)) / 1000;
  const stale = isStale(age, timeframe);
  const Icon = stale ? TriangleAlert : Clock;
  return (
    <span
      data-testid="data-age"
      data-stale={stale}
      className={`flex items-center gap-1.5 rounded-full text-[0.85rem] ${
        stale ? "border border-warn/60 px-2.5 py-0.5 font-medium text-warn" : "text-muted"
      }`}
    >
      <Icon aria-hidden className="size-4" />
      {stale ? "Data is stale: " : "Data "}
      {duration(age)} old
    </span>
  );
}
