import { BarsResponse } from "@orion/trade/wire";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { timeframeSeconds } from "../layout/format.ts";
import { type BarsView, type HeldBars, joinPages, renewPages } from "./barPages.ts";
import { fetchJson } from "./fetchJson.ts";
import { keys, REFRESH_MS } from "./queries.ts";

const PAGE_BARS = 1500;
/** what a chart still moves smoothly with */
const MOST_BARS = 60_000;

/** Bars that grow on both sides as the reader moves: `extend` fetches the page before the first or after the last. */
export function useBarPages(view: BarsView, isEnabled: boolean) {
  const client = useQueryClient();
  const { until, ...series } = view;
  const queryKey = keys.bars(view);
  const name = JSON.stringify(queryKey);
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<HeldBars> => {
      const page = await fetchJson("/api/bars", BarsResponse, {
        query: { ...series, to: isoOf(until), limit: PAGE_BARS },
        signal,
      });
      return { view: name, bars: renewPages(client.getQueryData<HeldBars>(queryKey), page) };
    },
    refetchInterval: until === undefined ? REFRESH_MS : false,
    placeholderData: keepPreviousData,
    enabled: isEnabled,
  });

  const busy = useRef(false);
  const [fault, setFault] = useState<Error | null>(null);
  const now = useRef({ queryKey, series });
  now.current = { queryKey, series };
  const extend = useCallback(
    async (side: "older" | "newer"): Promise<void> => {
      const asked = now.current;
      const held = client.getQueryData<HeldBars>(asked.queryKey);
      if (busy.current || !held || held.bars.time.length === 0) return;
      if (!(side === "older" ? held.bars.hasOlder : held.bars.hasNewer)) return;
      if (held.bars.time.length >= MOST_BARS) return;
      busy.current = true;
      const edge =
        side === "older"
          ? { to: isoOf(held.bars.time[0]! + closeOffset(held.bars)), side: "newest" }
          : { from: isoOf(held.bars.time.at(-1)! + 1), side: "oldest" };
      try {
        const page = await fetchJson("/api/bars", BarsResponse, {
          query: { ...asked.series, ...edge, limit: PAGE_BARS },
        });
        client.setQueryData<HeldBars>(asked.queryKey, (newest) =>
          newest
            ? {
                ...newest,
                bars: side === "older" ? joinPages(page, newest.bars) : joinPages(newest.bars, page),
              }
            : newest,
        );
        setFault(null);
      } catch (thrown) {
        setFault(thrown instanceof Error ? thrown : new Error(String(thrown)));
      } finally {
        busy.current = false;
      }
    },
    [client],
  );
  return { query, held: query.data, extend, fault };
}

function isoOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/**
 * The bar before the first closes at the first one's start; days that are stamped with a session's close do so up to an
 * hour later, when the clocks change.
 */
function closeOffset({ timeframe }: BarsResponse): number {
  return timeframeSeconds(timeframe) >= 86_400 ? 3_600_000 : 0;
}
