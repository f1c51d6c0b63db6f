import { expect, it } from "vitest";
import { byReason } from "./byReason.ts";

it("puts dropped symbols under what they have in common, the most frequent first", () => {
  const dropped = [
    { symbol: "A", reason: "price: its last close 4.83 is below 5" },
    { symbol: "B", reason: "120 bars of 1d, its features need 253" },
    { symbol: "C", reason: "stale: its last bar closed long ago: 2019" },
    { symbol: "D", reason: "98 bars of 1d, its features need 253" },
    { symbol: "E", reason: "stale: it ended" },
    { symbol: "F", reason: "stale: it ended" },
  ];
  expect(
    byReason(dropped).map(({ reason, symbols }) => [reason, symbols.map((s) => s.symbol).join("")]),
  ).toEqual([
    ["stale", "CEF"],
    ["… bars of 1d, its features need …", "BD"],
    ["price", "A"],
  ]);
  expect(byReason(dropped)[0]!.symbols[0]!.detail).toBe("its last bar closed long ago: 2019");
  expect(byReason([])).toEqual([]);
});
