import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useTheme } from "../layout/useTheme.ts";
import { palette } from "./palette.ts";

export interface PlotLine {
  label: string;
  values: readonly (number | null)[];
  colour: keyof ReturnType<typeof palette>;
  isDashed?: boolean;
  /** draws its points too, and a line across gaps */
  isSparse?: boolean;
}

interface LinePlotProps {
  x: readonly number[];
  lines: readonly PlotLine[];
  /** x is ms UTC rather than a count */
  isTime?: boolean;
  format: (value: number) => string;
  height?: number;
}

/** Lines over a shared x, drawn on a canvas; the caller describes it in words. */
export default function LinePlot({ x, lines, isTime = false, format, height = 220 }: LinePlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [theme] = useTheme();
  // what the plot is built from; the values flow into it without building it anew
  const looks = JSON.stringify(lines.map(({ values: _values, ...look }) => look));
  const formatValue = useRef(format);
  useEffect(() => {
    formatValue.current = format;
  });

  useEffect(() => {
    const element = box.current!;
    const colours = palette(theme);
    const built = JSON.parse(looks) as Omit<PlotLine, "values">[];
    const axis = {
      stroke: colours.muted,
      font: `11px ${getComputedStyle(document.body).fontFamily}`,
      grid: { stroke: colours.line, width: 1 },
      ticks: { show: false },
    };
    const made = new uPlot(
      {
        width: element.clientWidth || 300,
        height,
        ms: 1,
        tzDate: (ms) => uPlot.tzDate(new Date(ms), "Etc/UTC"),
        scales: { x: { time: isTime } },
        cursor: { y: false, drag: { x: false, y: false } },
        legend: { show: false },
        axes: [
          { ...axis, space: 84, values: (_u, ticks) => (isTime ? timeTicks(ticks) : ticks.map(String)) },
          { ...axis, size: 62, values: (_u, ticks) => ticks.map((tick) => formatValue.current(tick)) },
        ],
        series: [
          {},
          ...built.map((look) => ({
            label: look.label,
            stroke: colours[look.colour],
            width: 1.8,
            ...(look.isDashed ? { dash: [5, 4] } : {}),
            spanGaps: look.isSparse === true,
            points: { show: look.isSparse === true, size: 5, fill: colours[look.colour] },
          })),
        ],
      },
      [[], ...built.map(() => [])],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [theme, looks, isTime, height]);

  useEffect(() => {
    plot.current?.setData([[...x], ...lines.map((line) => [...line.values])]);
  });

  return <div ref={box} className="w-full min-w-0 overflow-hidden" style={{ height }} />;
}

const DAY_MS = 86_400_000;

/** Dates (UTC) where ticks are a day or more apart, times of day below. */
function timeTicks(ticks: readonly number[]): string[] {
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : DAY_MS;
  return ticks.map((tick) => {
    const iso = new Date(tick).toISOString();
    return step >= DAY_MS || tick % DAY_MS === 0 ? iso.slice(0, 10) : iso.slice(11, 16);
  });
}
