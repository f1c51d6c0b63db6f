import type { BarsResponse, QualityPlace, Trade } from "@orion/trade/wire";
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type LogicalRange,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { countBefore } from "../api/barPages.ts";
import { timeframeSeconds } from "../layout/format.ts";
import { useTheme } from "../layout/useTheme.ts";
import { type OverlayLine, OverlaySeries } from "./overlays/overlaySeries.ts";
import { palette } from "./palette.ts";
import { PlaceBands } from "./placeBands.ts";
import { placeKey } from "./placeKey.ts";
import { placeSpans } from "./placeSpans.ts";
import { tradeMarkers } from "./tradeMarkers.ts";

interface Parts {
  chart: IChartApi;
  candles: ISeriesApi<"Candlestick">;
  volume: ISeriesApi<"Histogram">;
  markers: ISeriesMarkersPluginApi<Time>;
  bands: PlaceBands;
  overlays: OverlaySeries;
}

interface CandleChartProps {
  /** `time` is each bar's start, ms UTC; volumes may be missing as a whole */
  bars: BarsResponse;
  /** what the bars are of: another view begins at its end, or at its centre */
  view: string;
  /** ms UTC; the bars around this moment are shown first */
  centre?: number | undefined;
  trades?: readonly Trade[];
  places?: readonly QualityPlace[];
  chosen?: QualityPlace | null;
  /** lines of indicators, over the candles and in panes below */
  overlays?: readonly OverlayLine[];
  /** asked for more when the reader comes near the first or the last bar */
  onEdge: (side: "older" | "newer") => void;
  label: string;
}

const VISIBLE_BARS = 160;
const CENTRED_BARS = 90;
/** so many bars before the edge more are asked for */
const EDGE_BARS = 40;

/** that close between two looks */
const FEW_BARS = 3;

const noTrades: readonly Trade[] = [];
const noPlaces: readonly QualityPlace[] = [];
const noLines: readonly OverlayLine[] = [];

/** Candles with volume below. Arrow keys move, plus and minus zoom, Home and End go to the ends of what is loaded. */
export default function CandleChart(props: CandleChartProps) {
  const { bars, view, centre, trades = noTrades, places = noPlaces, chosen = null, onEdge, label } = props;
  const { overlays = noLines } = props;
  const box = useRef<HTMLDivElement>(null);
  const parts = useRef<Parts | null>(null);
  const shown = useRef("");
  const held = useRef<readonly number[]>([]);
  const edge = useRef(onEdge);
  const [theme] = useTheme();
  useEffect(() => {
    edge.current = onEdge;
  });

  useEffect(() => {
    const chart = createChart(box.current!, {
      autoSize: true,
      layout: {
        attributionLogo: false,
        fontFamily: getComputedStyle(document.body).fontFamily,
        fontSize: 11,
      },
      timeScale: { timeVisible: true, secondsVisible: false, rightOffset: 4 },
      localization: { locale: "en-GB", dateFormat: "yyyy-MM-dd" },
      // the page scrolls under a wheel and a finger; the chart is dragged sideways
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    });
    const candles = chart.addSeries(CandlestickSeries, { priceLineVisible: false });
    const volume = chart.addSeries(HistogramSeries, {
      priceScaleId: "volume",
      priceFormat: { type: "volume" },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.2 } });
    chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
    const bands = new PlaceBands();
    candles.attachPrimitive(bands);
    let width = 0;
    let seen: LogicalRange | null = null;
    const look = (range: LogicalRange | null): void => {
      const count = held.current.length;
      if (!range || count === 0) return;
      if (chart.timeScale().width() === width) seen = range;
      if (range.from < EDGE_BARS) edge.current("older");
      if (range.to > count - EDGE_BARS) edge.current("newer");
      box.current?.setAttribute("aria-valuenow", String(Math.round(range.to)));
    };
    chart.timeScale().subscribeVisibleLogicalRangeChange(look);
    // another width shows the same bars, not those at the right edge
    chart.timeScale().subscribeSizeChange((now) => {
      if (now === width) return;
      width = now;
      if (seen) chart.timeScale().setVisibleLogicalRange(seen);
    });
    parts.current = {
      chart,
      candles,
      volume,
      markers: createSeriesMarkers(candles, []),
      bands,
      overlays: new OverlaySeries(chart),
    };
    return () => {
      parts.current = null;
      shown.current = "";
      chart.remove();
    };
  }, []);

  useEffect(() => {
    if (!parts.current) return;
    const { chart, candles, volume } = parts.current;
    const colours = palette(theme);
    chart.applyOptions({
      layout: {
        background: { color: colours.surface },
        textColor: colours.muted,
        panes: { separatorColor: colours.line, separatorHoverColor: colours.line },
      },
      grid: { vertLines: { color: colours.line }, horzLines: { color: colours.line } },
      rightPriceScale: { borderColor: colours.line },
      timeScale: { borderColor: colours.line },
      crosshair: {
        vertLine: { color: colours.muted, labelBackgroundColor: colours.hold },
        horzLine: { color: colours.muted, labelBackgroundColor: colours.hold },
      },
    });
    candles.applyOptions({
      upColor: colours.buy,
      borderUpColor: colours.buy,
      wickUpColor: colours.buy,
      // a falling bar is hollow: rise and fall differ in shape too
      downColor: colours.surface,
      borderDownColor: colours.sell,
      wickDownColor: colours.sell,
    });
    volume.applyOptions({ color: colours.volume });
  }, [theme]);

  useEffect(() => {
    if (!parts.current) return;
    const { chart, candles, volume } = parts.current;
    const seconds = (ms: number): UTCTimestamp => (ms / 1000) as UTCTimestamp;
    const scale = chart.timeScale();
    const before = held.current;
    const range = scale.getVisibleLogicalRange();
    held.current = bars.time;
    candles.setData(
      bars.time.map((time, i) => ({
        time: seconds(time),
        open: bars.open[i]!,
        high: bars.high[i]!,
        low: bars.low[i]!,
        close: bars.close[i]!,
      })),
    );
    volume.setData(bars.volume.map((value, i) => ({ time: seconds(bars.time[i]!), value })));
    if (shown.current === view) {
      const by = range ? shiftOf(before, bars.time, range) : 0;
      if (range && by !== null) scale.setVisibleLogicalRange({ from: range.from + by, to: range.to + by });
      return;
    }
    shown.current = view;
    const end = bars.time.length + 3;
    const middle = centre === undefined ? null : countBefore(bars.time, centre);
    scale.setVisibleLogicalRange(
      middle === null
        ? { from: end - VISIBLE_BARS, to: end }
        : { from: middle - CENTRED_BARS / 2, to: middle + CENTRED_BARS / 2 },
    );
  }, [bars, view, centre]);

  useEffect(() => {
    if (!parts.current) return;
    const colours = palette(theme);
    parts.current.markers.setMarkers(tradeMarkers(bars.time, trades, colours));
    const spans = placeSpans(bars.time, timeframeSeconds(bars.timeframe) * 1000, places);
    parts.current.bands.show(spans, chosen && placeKey(chosen), colours);
  }, [bars, trades, places, chosen, theme]);

  useEffect(() => {
    const [first, last] = [bars.time[0], bars.time.at(-1)];
    if (first !== undefined && last !== undefined) parts.current?.overlays.show(overlays, first, last);
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const scale = parts.current?.chart.timeScale();
    const range = scale?.getVisibleLogicalRange();
    if (!scale || !range || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moved(event.key, range, held.current.length);
    if (!next) return;
    event.preventDefault();
    scale.setVisibleLogicalRange(next);
  };

  return (
    <div
      role="slider"
      aria-label={`${label}. Arrow keys move, plus and minus zoom, Home and End go to the first and last loaded bar.`}
      aria-valuemin={0}
      aria-valuemax={bars.time.length}
      aria-valuenow={bars.time.length}
      tabIndex={0}
      onKeyDown={onKeyDown}
      ref={box}
      className="h-full w-full"
    />
  );
}

/**
 * By how many bars the view moves so that other bars of the same series leave the reader where he is; null where he
 * follows the end and a new bar or two have come.
 */
function shiftOf(
  before: readonly number[],
  after: readonly number[],
  { from, to }: LogicalRange,
): number | null {
  if (before.length === 0) return null;
  const anchor = Math.min(before.length - 1, Math.max(0, Math.round((from + to) / 2)));
  const by = countBefore(after, before[anchor]!) - anchor;
  const isFollowing = to >= before.length - 1 && by === 0;
  return isFollowing && Math.abs(after.length - before.length) <= FEW_BARS ? null : by;
}

/** The bars in view after a key, or null for a key without a meaning here. */
function moved(key: string, { from, to }: LogicalRange, count: number): { from: number; to: number } | null {
  const width = to - from;
  const step = Math.max(1, width / 5);
  switch (key) {
    case "ArrowLeft":
      return { from: from - step, to: to - step };
    case "ArrowRight":
      return { from: from + step, to: to + step };
    case "Home":
      return { from: -3, to: width - 3 };
    case "End":
      return { from: count + 3 - width, to: count + 3 };
    case "+":
    case "=":
      return width > 12 ? { from: from + width / 8, to: to - width / 8 } : null;
    case "-":
      return { from: from - width / 6, to: to + width / 6 };
    default:
      return null;
  }
}
