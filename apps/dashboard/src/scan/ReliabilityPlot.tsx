import type { ScanTestReport } from "@orion/trade/wire";
import { number, percent } from "../layout/format.ts";
import { knownBins, shareScale } from "./reliabilityScale.ts";

/** of the picture, in its own units */
const BOX = { width: 350, height: 230, left: 44, right: 24, top: 10, bottom: 40 };

/** What was told of BUY against what happened: on the diagonal the probabilities are what they say. */
export function ReliabilityPlot({
  reliability,
  rows,
}: {
  reliability: ScanTestReport["reliability"];
  rows: number;
}) {
  const bins = knownBins(reliability.bins);
  const x = shareScale(bins.map(({ told }) => told));
  const y = shareScale([...bins.flatMap(({ low, high }) => [low, high]), x.from, x.to]);
  const placeX = (share: number): number =>
    BOX.left + ((share - x.from) / (x.to - x.from)) * (BOX.width - BOX.left - BOX.right);
  const placeY = (share: number): number =>
    BOX.height - BOX.bottom - ((share - y.from) / (y.to - y.from)) * (BOX.height - BOX.top - BOX.bottom);
  const digits = x.to - x.from < 0.05 ? 1 : 0;
  return (
    <figure className="min-w-0">
      <figcaption className="pb-1 text-[0.92rem] font-semibold">
        Probability of BUY: told and happened
      </figcaption>
      <svg
        viewBox={`0 0 ${BOX.width} ${BOX.height}`}
        role="img"
        aria-label={`Reliability of the probability of BUY in ${bins.length} bins of ${number(rows)} test rows; the table below has the figures`}
        data-testid="reliability-plot"
        data-bins={bins.length}
        className="w-full max-w-[27rem]"
      >
        {y.ticks.map((tick) => (
          <g key={tick}>
            <line
              x1={BOX.left}
              x2={BOX.width - BOX.right}
              y1={placeY(tick)}
              y2={placeY(tick)}
              className="stroke-line"
            />
            <text x={BOX.left - 6} y={placeY(tick) + 4} textAnchor="end" className="fill-muted text-[12px]">
              {percent(tick, 0)}
            </text>
          </g>
        ))}
        {x.ticks.map((tick) => (
          <text
            key={tick}
            x={placeX(tick)}
            y={BOX.height - BOX.bottom + 18}
            textAnchor="middle"
            className="fill-muted text-[12px]"
          >
            {percent(tick, digits)}
          </text>
        ))}
        <text
          x={(BOX.left + BOX.width - BOX.right) / 2}
          y={BOX.height - 6}
          textAnchor="middle"
          className="fill-muted text-[12px]"
        >
          across: told; upwards: share that was BUY
        </text>
        <line
          x1={placeX(x.from)}
          y1={placeY(x.from)}
          x2={placeX(x.to)}
          y2={placeY(x.to)}
          className="stroke-muted"
          strokeDasharray="5 4"
        />
        {bins.map((bin) => (
          <g key={bin.from}>
            <line
              x1={placeX(bin.told)}
              x2={placeX(bin.told)}
              y1={placeY(bin.low)}
              y2={placeY(bin.high)}
              className="stroke-accent"
              strokeWidth={1.5}
            />
            <circle cx={placeX(bin.told)} cy={placeY(bin.share)} r={4} className="fill-accent" />
          </g>
        ))}
      </svg>
      <p className="text-[0.8rem] text-muted">
        {number(bins.length)} bins of equally many of {number(rows)} test rows; bars are Wilson's 95 %
        intervals of rows taken as independent, which rows of one day are not. On the dashed line told is what
        happened.
      </p>
      <details className="pt-1 text-[0.86rem]" data-testid="reliability-table">
        <summary>The bins as a table</summary>
        <table className="table table-tight">
          <thead>
            <tr>
              <th scope="col">Told</th>
              <th scope="col">Happened</th>
              <th scope="col">95 %</th>
              <th scope="col">Rows</th>
            </tr>
          </thead>
          <tbody>
            {bins.map((bin) => (
              <tr key={bin.from}>
                <th scope="row">{percent(bin.told, 1)}</th>
                <td>{percent(bin.share, 1)}</td>
                <td>
                  {percent(bin.low, 1)} to {percent(bin.high, 1)}
                </td>
                <td>{number(bin.rows)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
