import { expect, test } from "vitest";
import type { ModelManifest } from "./modelManifest.ts";
import { updateRows } from "./updateRows.ts";

/** Bars of a minute; bar i closes at i minutes, its outcome is known two bars later. */
const MINUTE = 60_000;
const bars = 2000;
const closeTime = Float64Array.from({ length: bars }, (_, i) => i * MINUTE);
const knownAt = closeTime.map((t) => t + 2 * MINUTE);
const rows = Int32Array.from({ length: bars - 2 }, (_, i) => i);
const input = { rows, closeTime, knownAt, embargoBars: 5 };

/** Trained on [20, train.to], validated on [600, 700], its data up to `end`; all in bars. */
function manifestOf(trainTo: number, end: number): ModelManifest {
  const range = (from: number, to: number) => ({ from: from * MINUTE, to: to * MINUTE });
  return {
    id: "m",
    data: { to: end * MINUTE },
    ranges: { train: range(20, trainTo), validation: range(600, 700), test: range(720, 900) },
    horizonBars: 2,
    recipe: { universe: { market: "futures", timeframe: "1m" } },
  } as unknown as ModelManifest;
}

test("rows after the model's data: 30 % judged on, those before them known five bars earlier; the pool is what it was trained on", () => {
  const parts = updateRows(manifestOf(590, 998), input, 32);
  // 999 … 1997 are 999 rows: 299 judged on, from 1699; learned from while known by bar 1694, so up to 1692
  expect([parts.acceptance.rows[0], parts.acceptance.rows.length]).toEqual([1699, 299]);
  expect([parts.fresh.rows[0], parts.fresh.rows.at(-1)]).toEqual([999, 1692]);
  expect(parts.fresh).toMatchObject({ from: 999 * MINUTE, to: 1692 * MINUTE, knownUntil: 1694 * MINUTE });
  expect([parts.validation.rows[0], parts.validation.rows.at(-1)]).toEqual([600, 700]);
  expect([parts.old[0], parts.old.at(-1), parts.old.length]).toEqual([20, 590, 571]);
});

test("an updated model's training range encloses its validation rows: neither they nor rows that touch them are replayed", () => {
  const { old } = updateRows(manifestOf(950, 998), input, 32);
  // known before bar 600: up to 597. The last validation outcome is known at bar 702: a row's window of five bars and the
  // start of the first of them lie behind it from 709 on
  const touching = [...old].filter((row) => row >= 590 && row <= 715);
  expect(touching).toEqual([590, 591, 592, 593, 594, 595, 596, 597, 709, 710, 711, 712, 713, 714, 715]);
  expect(old.at(-1)).toBe(950);
});

test("as many rows as it says are enough, one fewer is not", () => {
  // 100 judged rows are 30 % of 334; 600 windows for a batch and six rows lost before them are the first 606 of 865
  for (const [windows, needed] of [
    [32, 334],
    [600, 865],
  ] as const) {
    const end = (since: number) => bars - 3 - since;
    const short = () => updateRows(manifestOf(590, end(needed - 1)), input, windows);
    expect(short).toThrow(
      new RegExp(`${needed - 1} usable rows have come since, and an update needs ${needed}:`),
    );
    const parts = updateRows(manifestOf(590, end(needed)), input, windows);
    expect(parts.acceptance.rows.length).toBeGreaterThanOrEqual(100);
    expect(parts.fresh.rows.length).toBeGreaterThanOrEqual(windows);
  }
});
