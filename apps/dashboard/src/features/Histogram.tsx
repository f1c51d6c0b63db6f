import type { ColumnDistribution } from "@orion/trade/wire";
import { number } from "../layout/format.ts";
import { EmptyNote } from "../layout/notes.tsx";
import { figure } from "./figure.ts";

const WIDTH = 480;
const HEIGHT = 130;

/** Counts of equal bins, with the quartiles marked. */
export function Histogram({ distribution, label }: { distribution: ColumnDistribution; label: string }) {
  const { histogram, quantiles } = distribution;
  if (!histogram) return <EmptyNote>The column does not vary in the training rows.</EmptyNote>;
  const { from, to, counts, below, above } = histogram;
  const most = Math.max(1, ...counts);
  const step = WIDTH / counts.length;
  const valueAt = (bin: number): number => from + ((to - from) * bin) / counts.length;
  const bars = counts.map((count, bin) => ({
    ...{ count, x: bin * step },
    low: valueAt(bin),
    high: valueAt(bin + 1),
  }));
  const marks = quantiles.filter(
    (q) => [0.25, 0.5, 0.75].includes(q.share) && q.value >= from && q.value <= to,
  );
  const xOf = (value: number): number => ((value - from) / (to - from)) * WIDTH;
  return (
    <figure className="m-0" data-testid="column-histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-[130px] w-full border-b border-line"
        role="img"
        aria-label={`${label}, ${figure(from)} to ${figure(to)}`}
      >
        {bars.map(({ x, low, high, count }) => (
          <rect
            key={low}
            x={x + 0.4}
            width={step - 0.8}
            y={HEIGHT - (count / most) * (HEIGHT - 6)}
            height={(count / most) * (HEIGHT - 6)}
            className="fill-hold"
          >
            <title>{`${figure(low)} to ${figure(high)}: ${number(count)} rows`}</title>
          </rect>
        ))}
        {marks.map((q) => (
          <line
            key={q.share}
            x1={xOf(q.value)}
            x2={xOf(q.value)}
            y1={0}
            y2={HEIGHT}
            className="stroke-accent"
            strokeWidth={q.share === 0.5 ? 2.4 : 1.4}
            strokeDasharray={q.share === 0.5 ? undefined : "4 4"}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <figcaption className="mt-1 grid grid-cols-2 gap-x-4 text-[0.78rem] text-muted">
        <span>{figure(from)}</span>
        <span className="text-right">{figure(to)}</span>
        <span className="col-span-2">
          Lines: median and quartiles. {number(below)} rows lie below, {number(above)} above; the fullest bin
          has {number(most)}.
        </span>
      </figcaption>
    </figure>
  );
}
