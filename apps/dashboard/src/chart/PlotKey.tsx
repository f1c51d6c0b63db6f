import type { PlotLine } from "./LinePlot.tsx";

const colourClass: Record<PlotLine["colour"], string> = {
  accent: "border-accent",
  buy: "border-buy",
  sell: "border-sell",
  hold: "border-hold",
  warn: "border-warn",
  ink: "border-ink",
  muted: "border-muted",
  line: "border-line",
  surface: "border-surface",
  volume: "border-line",
};

/** Which line is which, with its last value. */
export function PlotKey({
  lines,
  format,
}: {
  lines: readonly PlotLine[];
  format: (value: number) => string;
}) {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 text-[0.82rem]">
      {lines.map((line) => {
        const last = line.values.findLast((value) => value !== null);
        return (
          <li key={line.label} className="flex items-center gap-2">
            <span
              aria-hidden
              className={`w-5 border-t-2 ${colourClass[line.colour]} ${line.isDashed ? "border-dashed" : ""}`}
            />
            <span className="text-muted">{line.label}</span>
            {last !== undefined && last !== null && <span className="font-medium">{format(last)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
