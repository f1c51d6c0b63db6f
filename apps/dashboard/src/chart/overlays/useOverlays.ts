import { type BarsResponse, IndicatorResponse, IndicatorsResponse } from "@orion/trade/wire";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { fetchJson } from "../../api/fetchJson.ts";
import { useTheme } from "../../layout/useTheme.ts";
import { overlayColour } from "./overlayColours.ts";
import type { OverlayLine } from "./overlaySeries.ts";
import { type OverlaySpec, parseOverlay } from "./overlaySpec.ts";

/** as many as one request is answered */
const MOST_BARS = 60_000;

export const useIndicators = (isEnabled: boolean) =>
  useQuery({
    queryKey: ["indicators"],
    queryFn: ({ signal }) => fetchJson("/api/indicators", IndicatorsResponse, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isEnabled,
  });

/** An indicator on the bars that a chart holds. @throws ApiError with the reason in a line */
export function fetchOverlay(
  { name, params }: OverlaySpec,
  bars: BarsResponse,
  signal?: AbortSignal,
): Promise<IndicatorResponse> {
  const { symbol, timeframe, market, time } = bars;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const from = iso(time.at(-MOST_BARS) ?? time[0] ?? 0);
  // a range is never empty, though there be one bar
  const to = iso((time.at(-1) ?? 0) + 1);
  return fetchJson("/api/indicator", IndicatorResponse, {
    query: { name, params, symbol, timeframe, market, from, to },
    ...(signal ? { signal } : {}),
  });
}

export interface Overlay {
  text: string;
  colour: string;
  /** what was answered for the bars that are shown */
  found: IndicatorResponse | undefined;
  error: Error | null;
}

/** The indicators that the address names, on the bars of the chart, and the lines that they are drawn as. */
export function useOverlays(
  texts: readonly string[],
  bars: BarsResponse | undefined,
): { overlays: readonly Overlay[]; lines: readonly OverlayLine[] } {
  const [theme] = useTheme();
  const range = bars && [bars.symbol, bars.timeframe, bars.time[0], bars.time.at(-1)];
  const answers = useQueries({
    queries: texts.map((text) => {
      const spec = parseOverlay(text);
      return {
        queryKey: ["overlay", text, range],
        queryFn: ({ signal }: { signal: AbortSignal }) => fetchOverlay(spec!, bars!, signal),
        enabled: spec !== null && bars !== undefined && bars.time.length > 0,
        staleTime: Number.POSITIVE_INFINITY,
        placeholderData: keepPreviousData,
      };
    }),
  });
  const made = texts.map((text, place): Overlay => {
    const { data, error } = answers[place]!;
    // those of before a change of timeframe lie on other times
    const isOfBars = data?.symbol === bars?.symbol && data?.timeframe === bars?.timeframe;
    return {
      text,
      colour: overlayColour(place, theme),
      found: isOfBars ? data : undefined,
      error: parseOverlay(text) ? error : new Error(`'${text}' in the address is no indicator: remove it`),
    };
  });
  return { overlays: made, lines: linesOf(made) };
}

/** Solid, dotted, dashed and longer dashes: outputs of one indicator in one pane share its colour. */
const STYLES = 4;

export function styleOf(outputs: IndicatorResponse["outputs"], output: number): number {
  const { place } = outputs[output]!;
  return outputs.slice(0, output).filter((before) => before.place === place).length % STYLES;
}

/** Each indicator with outputs off the price's scale has a pane below for them, in the order in which they were added. */
function linesOf(overlays: readonly Overlay[]): OverlayLine[] {
  let panes = 0;
  return overlays.flatMap(({ text, colour, found }) => {
    if (!found) return [];
    const pane = found.outputs.some((output) => output.place === "pane") ? ++panes : 0;
    return found.outputs.map(({ name, place, values }, i) => ({
      key: `${text} ${name}`,
      colour,
      style: styleOf(found.outputs, i),
      pane: place === "price" ? 0 : pane,
      time: found.time,
      values,
    }));
  });
}
