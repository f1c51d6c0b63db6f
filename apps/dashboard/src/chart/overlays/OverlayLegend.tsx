import { CircleAlert, X } from "lucide-react";
import { type Overlay, styleOf } from "./useOverlays.ts";

const strokes = ["", "2 3", "6 4", "10 4"] as const;

interface OverlayLegendProps {
  overlays: readonly Overlay[];
  onRemove: (text: string) => void;
}

/** What is drawn over and under the candles: which line is which, its last value, and a way to take it off. */
export function OverlayLegend({ overlays, onRemove }: OverlayLegendProps) {
  return (
    <ul className="grid gap-1.5" data-testid="overlay-legend" aria-label="Indicators on the chart">
      {overlays.map(({ text, colour, found, error }) => (
        <li
          key={text}
          className="flex items-start justify-between gap-3 text-[0.85rem]"
          data-testid="overlay"
          data-overlay={text}
          data-ready={found !== undefined}
        >
          <div className="flex flex-wrap items-center gap-x-4 gap-y-0.5 py-0.5">
            <span className="font-medium">{found ? titleOf(found.name, found.params) : text}</span>
            {error ? (
              <span role="alert" className="flex items-center gap-1.5 text-sell">
                <CircleAlert aria-hidden className="size-4 shrink-0" />
                {error.message}
              </span>
            ) : (
              found?.outputs.map(({ name, place, values }, i) => (
                <span key={name} className="flex items-center gap-1.5">
                  <svg aria-hidden width="22" height="8" className="shrink-0">
                    <line
                      x1="0"
                      x2="22"
                      y1="4"
                      y2="4"
                      stroke={colour}
                      strokeWidth="2.5"
                      strokeDasharray={strokes[styleOf(found.outputs, i)]}
                    />
                  </svg>
                  <span className="text-muted">
                    {name}
                    {place === "pane" && " (below)"}
                  </span>
                  {lastOf(values)}
                </span>
              ))
            )}
            {!found && !error && <span className="text-muted">is being computed</span>}
          </div>
          <button
            type="button"
            className="button h-7 shrink-0 px-2"
            aria-label={`Remove ${text}`}
            onClick={() => onRemove(text)}
          >
            <X aria-hidden className="size-4" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function titleOf(name: string, params: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(params).map(([key, value]) => `${key} ${String(value)}`);
  return told.length === 0 ? name : `${name} (${told.join(", ")})`;
}

function lastOf(values: readonly (number | null)[]): string {
  const last = values.findLast((value) => value !== null);
  if (last === undefined || last === null) return "no value yet";
  return Math.abs(last) >= 1000
    ? last.toLocaleString("en-US", { maximumFractionDigits: 2 })
    : String(Number(last.toPrecision(5)));
}
