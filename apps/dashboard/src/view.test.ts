import { expect, it } from "vitest";
import { DataSearch, FeatureSearch, ScanSearch } from "./view.ts";

it("takes what an address may hold, and leaves out what no page has written", () => {
  expect(ScanSearch.parse({ sort: "buy", down: true, find: "hold", open: "RJF" })).toEqual({
    ...{ sort: "buy", down: true, find: "hold", open: "RJF" },
  });
  expect(ScanSearch.parse({ sort: "rows", down: "yes", find: 3, open: null, other: 1 })).toEqual({});
  expect(DataSearch.parse({ sort: "rows", market: "moon", symbol: "V" })).toMatchObject({
    ...{ sort: "rows", symbol: "V", market: undefined },
  });
  expect(FeatureSearch.parse({ sort: "buy", column: "rsi14", order: "recipe" })).toMatchObject({
    ...{ sort: undefined, column: "rsi14", order: "recipe" },
  });
});
