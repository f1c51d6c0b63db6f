import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { palette } from "../chart/palette.ts";
import { number } from "../layout/format.ts";
import { useTheme } from "../layout/useTheme.ts";
import { heatColour } from "./heatColours.ts";

interface HeatMapProps {
  names: readonly string[];
  /** null where a column does not vary */
  r: (row: number, column: number) => number | null;
  label: string;
}

const MOST_PX = 680;
/** names stand beside rows of at least this height */
const LABEL_PX = 9.5;

interface Cell {
  row: number;
  column: number;
}

/** A correlation matrix on a canvas, read by pointer or arrow keys. */
export function HeatMap({ names, r, label }: HeatMapProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [at, setAt] = useState<Cell>({ row: 0, column: 1 });
  const [theme] = useTheme();
  const n = names.length;
  const room = Math.min(width, MOST_PX + 150);
  const margin = room >= 520 && (room - 150) / n >= LABEL_PX ? 150 : 0;
  const side = Math.max(0, Math.min(MOST_PX, room - margin));
  const cell = side / Math.max(1, n);

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || side === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const { muted, line } = palette(theme);
    context.canvas.width = Math.round((side + margin) * ratio);
    context.canvas.height = Math.round(side * ratio);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    // edges on whole pixels, so that no seam shows between cells
    const edge = (i: number): number => Math.round(i * cell * ratio);
    const left = Math.round(margin * ratio);
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        const value = r(row, column);
        context.fillStyle = value === null ? line : heatColour(value, theme);
        context.fillRect(
          left + edge(column),
          edge(row),
          edge(column + 1) - edge(column),
          edge(row + 1) - edge(row),
        );
      }
    }
    if (margin === 0) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = `${Math.min(11, cell)}px ${getComputedStyle(document.body).fontFamily}`;
    context.fillStyle = muted;
    context.textAlign = "right";
    context.textBaseline = "middle";
    names.forEach((name, row) => {
      context.fillText(name, margin - 6, (row + 0.5) * cell, margin - 8);
    });
  }, [names, r, n, side, cell, margin, theme]);

  const shown = { row: Math.min(at.row, n - 1), column: Math.min(at.column, n - 1) };
  const point = (event: PointerEvent<HTMLDivElement>): void => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - left - margin) / cell);
    const row = Math.floor((event.clientY - top) / cell);
    if (row >= 0 && row < n && column >= 0 && column < n) setAt({ row, column });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { row, column } = shown;
    const next = {
      ArrowUp: { row: row - 1, column },
      ArrowDown: { row: row + 1, column },
      ArrowLeft: { row, column: column - 1 },
      ArrowRight: { row, column: column + 1 },
      Home: { row, column: 0 },
      End: { row, column: n - 1 },
      PageUp: { row: row - 10, column },
      PageDown: { row: row + 10, column },
    }[event.key];
    if (!next) return;
    event.preventDefault();
    const within = (i: number): number => Math.min(n - 1, Math.max(0, i));
    setAt({ row: within(next.row), column: within(next.column) });
  };
  const value = n > 0 ? r(shown.row, shown.column) : null;
  return (
    <div ref={box} className="flex min-w-0 flex-col gap-2">
      <div
        role="slider"
        aria-roledescription="correlation matrix"
        aria-valuemin={0}
        aria-valuemax={n * n - 1}
        aria-valuenow={shown.row * n + shown.column}
        aria-valuetext={`${names[shown.row]} and ${names[shown.column]}: ${value === null ? "not defined" : number(value, 3)}`}
        aria-label={`${label}. Arrow keys move from cell to cell.`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerMove={point}
        onPointerDown={point}
        data-testid="heat-map"
        data-columns={n}
        className="relative shrink-0"
        style={{ width: side + margin, height: side }}
      >
        <canvas ref={canvas} aria-hidden className="block" style={{ width: side + margin, height: side }} />
        {side > 0 && n > 0 && (
          <span
            aria-hidden
            className="pointer-events-none absolute border-2 border-ink"
            style={{
              left: margin + shown.column * cell - 1,
              top: shown.row * cell - 1,
              width: Math.max(6, cell + 2),
              height: Math.max(6, cell + 2),
            }}
          />
        )}
      </div>
      <p data-testid="heat-readout" className="min-h-[1.4rem] text-[0.9rem] break-words">
        <strong className="font-medium">{names[shown.row]}</strong> and{" "}
        <strong className="font-medium">{names[shown.column]}</strong>: r{" "}
        {value === null ? "not defined, a column does not vary" : number(value, 3)}
      </p>
      <HeatLegend />
    </div>
  );
}

const TICKS = [-1, -0.5, 0, 0.5, 1] as const;

function HeatLegend() {
  const [theme] = useTheme();
  const stops = Array.from({ length: 21 }, (_, i) => heatColour(-1 + i / 10, theme));
  return (
    <div className="w-full max-w-80" data-testid="heat-legend">
      <div
        aria-hidden
        className="h-3 rounded-sm border border-line"
        style={{ backgroundImage: `linear-gradient(to right, ${stops.join(", ")})` }}
      />
      <div className="flex justify-between text-[0.76rem] text-muted">
        {TICKS.map((tick) => (
          <span key={tick}>{number(tick, 1)}</span>
        ))}
      </div>
    </div>
  );
}
