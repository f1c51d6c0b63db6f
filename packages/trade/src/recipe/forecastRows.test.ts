import { expect, test } from "vitest";
import { isDecisionTime } from "./forecastRows.ts";
import { applyProfile, loadRecipe, signalRecipe } from "./loadRecipe.ts";

test("decisions come every k-th bar since 1970, whatever a range begins with", async () => {
  const recipe = signalRecipe(applyProfile(await loadRecipe("orionquant"), "full"), "this test");
  const every = (everyBars: number) => ({ ...recipe, decision: { ...recipe.decision, everyBars } });
  const at = (time: string): number => Date.parse(time);
  expect(isDecisionTime(at("2024-03-01T12:05:00Z"), every(1))).toBe(true);
  // quarters of an hour are the third 5-minute bars
  expect(isDecisionTime(at("2024-03-01T12:15:00Z"), every(3))).toBe(true);
  expect(isDecisionTime(at("2024-03-01T12:20:00Z"), every(3))).toBe(false);
  expect(isDecisionTime(at("2024-03-01T12:25:00Z"), every(3))).toBe(false);
  // whole hours are the twelfth
  const hours = Array.from({ length: 24 }, (_, i) => at("2024-03-01T00:00:00Z") + i * 300_000).filter((t) =>
    isDecisionTime(t, every(12)),
  );
  expect(hours).toEqual([at("2024-03-01T00:00:00Z"), at("2024-03-01T01:00:00Z")]);
});
