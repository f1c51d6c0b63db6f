import type { BarsResponse } from "@orion/trade/wire";
import { expect, it } from "vitest";
import { countBefore, joinPages, renewPages } from "./barPages.ts";

const page = (
  from: number,
  to: number,
  mark = 0,
  ends = { hasOlder: true, hasNewer: true },
): BarsResponse => {
  const time = Array.from({ length: to - from }, (_, i) => (from + i) * 60_000);
  const value = time.map(() => mark);
  return {
    ...{ symbol: "BTCUSDT", timeframe: "1m", market: "spot", storedTimeframe: "1m", ...ends },
    ...{ time, open: value, high: value, low: value, close: value, volume: value },
  };
};
const minutes = (bars: BarsResponse): number[] => bars.time.map((t) => t / 60_000);

it("older bars stand before, newer ones after, none twice", () => {
  const older = joinPages(
    page(0, 3, 1, { hasOlder: false, hasNewer: true }),
    page(3, 5, 2, { hasOlder: true, hasNewer: false }),
  );
  expect(minutes(older)).toEqual([0, 1, 2, 3, 4]);
  expect(older.close).toEqual([1, 1, 1, 2, 2]);
  expect(older).toMatchObject({ hasOlder: false, hasNewer: false });
  const overlap = joinPages(page(0, 4, 1), page(2, 6, 2));
  expect(minutes(overlap)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(overlap.close).toEqual([1, 1, 2, 2, 2, 2]);
  const inside = joinPages(page(0, 6, 1), page(2, 4, 2));
  expect(inside.close).toEqual([1, 1, 2, 2, 1, 1]);
});

it("an empty page says that there is no more on its side", () => {
  const held = page(3, 5);
  expect(joinPages(held, page(5, 5, 0, { hasOlder: false, hasNewer: false }))).toMatchObject({
    hasNewer: false,
  });
  expect(joinPages(page(3, 3, 0, { hasOlder: false, hasNewer: false }), held)).toMatchObject({
    hasOlder: false,
  });
});

it("the newest bars asked for again keep what was paged to, unless bars are missing between or it is stale", () => {
  const held = { view: "a", bars: page(0, 10, 1, { hasOlder: false, hasNewer: false }) };
  expect(minutes(renewPages(held, page(8, 12, 2)))).toHaveLength(12);
  expect(renewPages(held, page(8, 12, 2))).toMatchObject({ hasOlder: false });
  expect(minutes(renewPages(held, page(20, 22)))).toEqual([20, 21]);
  expect(minutes(renewPages({ ...held, isStale: true }, page(8, 12)))).toHaveLength(4);
  expect(minutes(renewPages(undefined, page(8, 12)))).toHaveLength(4);
  // the page itself reaches further back than what is held
  expect(minutes(renewPages(held, page(-2, 12)))).toHaveLength(14);
});

it("countBefore counts", () => {
  expect([0, 1, 5, 6].map((limit) => countBefore([1, 2, 5], limit))).toEqual([0, 0, 2, 3]);
});
