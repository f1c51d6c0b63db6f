import { expect, test } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { schwabSymbol } from "../schwab/schwabSymbol.ts";
import { yahooSymbol } from "./yahooSymbol.ts";

// finance.yahoo.com/quote/… and client.schwab.com name them so
test.each([
  ["SPY", "SPY", "SPY"],
  ["vix", "^VIX", "$VIX"],
  ["SPX", "^GSPC", "$SPX"],
  ["IXIC", "^IXIC", "$COMPX"],
  ["BRK.B", "BRK-B", "BRK/B"],
])("%s is %s at Yahoo and %s at Schwab", (stored, yahoo, schwab) => {
  expect([yahooSymbol(stored), schwabSymbol(stored)]).toEqual([yahoo, schwab]);
});

test("other indices by their name, other exchanges by their ending", () => {
  expect(yahooSymbol("_N225")).toBe("^N225");
  expect(yahooSymbol("VOD.L")).toBe("VOD.L");
  expect(() => yahooSymbol("_")).toThrow(UsageError);
  expect(() => yahooSymbol("^VIX")).toThrow(UsageError);
  expect(() => yahooSymbol("A/../B")).toThrow(UsageError);
});
