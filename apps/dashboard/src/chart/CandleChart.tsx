import type { BarsResponse, Trade } from "@orion/trade/wire";
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "react";
import { useTheme } from "../layout/useTheme.ts";
import { palette } from "./palette.ts";
import { tradeMarkers } from "./tradeMarkers.ts";

interface Parts {
  chart: IChartApi;
  candles: ISeriesApi<"Candlestick">;
  volume: ISeriesApi<"Histogram">;
  markers: ISeriesMarkersPluginApi<Time>;
}

const VISIBLE_BARS = 160;

/** Candles with volume below; `bars.time` is each bar's start, ms UTC. */
export default function CandleChart({ bars, trades }: { bars: BarsResponse; trades: readonly Trade[] }) {
  const box = useRef<HTMLDivElement>(null);
  const parts = useRef<Parts | null>(null);
  const shown = useRef("");
  const [theme] = useTheme();

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
    parts.current = { chart, candles, volume, markers: createSeriesMarkers(candles, []) };
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
      layout: { background: { color: colours.surface }, textColor: colours.muted },
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
    candles.setData(
      bars.time.map((time, i) => ({
        time: seconds(time),
        open: bars.open[i]!,
        high: bars.high[i]!,
        low: bars.low[i]!,
        close: bars.close[i]!,
      })),
    );
    volume.setData(bars.time.map((time, i) => ({ time: seconds(time), value: bars.volume[i]! })));
    // a new kind of view starts at its end; newer bars of the same view leave the reader where he is
    const view = `${bars.symbol} ${bars.timeframe} ${bars.time[0]}`;
    if (shown.current !== view) {
      const end = bars.time.length + 3;
      chart.timeScale().setVisibleLogicalRange({ from: end - VISIBLE_BARS, to: end });
      shown.current = view;
    }
  }, [bars]);

  useEffect(() => {
    const colours = palette(theme);
    parts.current?.markers.setMarkers(tradeMarkers(bars.time, trades, colours));
  }, [bars, trades, theme]);

  return <div ref={box} className="h-full w-full" />;
}
