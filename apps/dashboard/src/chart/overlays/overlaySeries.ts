import { type IChartApi, type ISeriesApi, LineSeries, type UTCTimestamp } from "lightweight-charts";

/** One line of an indicator. */
export interface OverlayLine {
  key: string;
  colour: string;
  /** 0 solid, 1 dotted, 2 dashed, 3 long dashes */
  style: number;
  /** 0 over the candles, others below */
  pane: number;
  /** starts of bars, ms UTC, ascending */
  time: readonly number[];
  /** null is a gap */
  values: readonly (number | null)[];
}

interface Drawn {
  series: ISeriesApi<"Line">;
  values: OverlayLine["values"];
  range: string;
}

/** Panes below are a third as high as the candles. */
const CANDLE_SHARE = 3;

/** The lines of indicators on a chart: what has not changed is left as it is. */
export class OverlaySeries {
  readonly #chart: IChartApi;
  #looks = "";
  readonly #drawn = new Map<string, Drawn>();

  constructor(chart: IChartApi) {
    this.#chart = chart;
  }

  /** @param first @param last starts of the chart's first and last bar, ms UTC: a line has no time beside the candles' */
  show(lines: readonly OverlayLine[], first: number, last: number): void {
    const looks = JSON.stringify(lines.map(({ key, colour, style, pane }) => [key, colour, style, pane]));
    if (looks !== this.#looks) {
      this.#looks = looks;
      // panes are numbered by what stands in them: they are built anew when one comes or goes
      for (const { series } of [...this.#drawn.values()].reverse()) this.#chart.removeSeries(series);
      this.#drawn.clear();
      for (const { key, colour, style, pane } of lines) {
        const options = {
          color: colour,
          lineWidth: 2 as const,
          lineStyle: style,
          priceLineVisible: false,
          lastValueVisible: pane > 0,
          // a pane's numbers may be small
          ...(pane > 0
            ? { priceFormat: { type: "custom" as const, minMove: 1e-8, formatter: shortNumber } }
            : {}),
        };
        this.#drawn.set(key, {
          series: this.#chart.addSeries(LineSeries, options, pane),
          values: [],
          range: "",
        });
      }
      for (const [i, pane] of this.#chart.panes().entries())
        pane.setStretchFactor(i === 0 ? CANDLE_SHARE : 1);
    }
    const range = `${first} ${last}`;
    for (const { key, time, values } of lines) {
      const drawn = this.#drawn.get(key)!;
      if (drawn.values === values && drawn.range === range) continue;
      drawn.values = values;
      drawn.range = range;
      drawn.series.setData(
        time.flatMap((ms, i) => {
          if (ms < first || ms > last) return [];
          const value = values[i] ?? null;
          const at = { time: (ms / 1000) as UTCTimestamp };
          return [value === null ? at : { ...at, value }];
        }),
      );
    }
  }
}

function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return String(Number(value.toPrecision(5)));
}
