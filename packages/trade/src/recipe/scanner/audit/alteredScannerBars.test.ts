import { expect, test } from "vitest";
import { BAR_COLUMNS, type BarSeries } from "../../../market/bars.ts";
import { assembleTimeframe } from "../../../market/timeframes/index.ts";
import type { ScannerBars } from "../scannerBars.ts";
import { scannerBarsChangedAfter, scannerBarsUntil } from "./alteredScannerBars.ts";
import { madeStagesBars } from "./testing/madeStages.ts";

const bars = madeStagesBars(300);
const seriesOf = (all: ScannerBars): BarSeries[] => [
  ...all.bars,
  ...all.indices,
  ...all.sources.flatMap(({ sources }) => sources.map((source) => source.bars)),
];
// in the middle of a session
const moment = bars.sources[0]!.sources[1]!.bars.closeTime[500]!;

test("what is cut off ends with the moment, in every timeframe and in the indices", () => {
  const cut = seriesOf(scannerBarsUntil(bars, moment));
  for (const [i, series] of seriesOf(bars).entries()) {
    const known = series.closeTime.filter((time) => time <= moment);
    expect([...cut[i]!.closeTime]).toEqual([...known]);
    expect([...cut[i]!.close]).toEqual([...series.close.subarray(0, known.length)]);
  }
});

test("another future leaves what was known, changes all that comes, and the timeframes still belong together", () => {
  const other = scannerBarsChangedAfter(bars, moment, 5);
  const changed = seriesOf(other);
  for (const [i, series] of seriesOf(bars).entries()) {
    const known = series.closeTime.filter((time) => time <= moment).length;
    for (const name of BAR_COLUMNS) {
      expect([...changed[i]![name].subarray(0, known)]).toEqual([...series[name].subarray(0, known)]);
      if (name === "volume") continue;
      for (let t = known; t < series.length; t++) expect(changed[i]![name][t]).not.toBe(series[name][t]);
    }
  }
  const [symbol] = other.sources;
  const at = bars.bars[0]!.closeTime[299]!;
  // throws where timeframes tell different prices
  const joined = assembleTimeframe(symbol!.sources, { timeframe: "1d", rows: 1000, at });
  expect(joined.bars.length).toBe(300);
  expect([...symbol!.sources[0]!.bars.close]).toEqual([...other.bars[0]!.close]);
});
