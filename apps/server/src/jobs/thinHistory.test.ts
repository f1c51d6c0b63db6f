import fc from "fast-check";
import { expect, it } from "vitest";
import { thinHistory } from "./thinHistory.ts";

const points = (n: number, everyValidated: number) =>
  Array.from({ length: n }, (_, step) => ({
    step,
    epoch: step / 100,
    loss: 1 / (step + 1),
    validationLoss: step % everyValidated === everyValidated - 1 ? 0.5 : null,
  }));

it("keeps a short history whole", () => {
  const history = points(100, 10);
  expect(thinHistory(history, 100)).toEqual(history);
});

it("keeps the ends, the validation points and the order, within the limit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 3000 }), fc.integer({ min: 30, max: 500 }), (n, every) => {
      const history = points(n, every);
      const thin = thinHistory(history, 300);
      expect(thin.length).toBeLessThanOrEqual(300);
      expect(thin[0]).toBe(history[0]);
      expect(thin.at(-1)).toBe(history.at(-1));
      expect(thin.filter((p) => p.validationLoss !== null)).toEqual(
        history.filter((p) => p.validationLoss !== null),
      );
      for (let i = 1; i < thin.length; i++) expect(thin[i]!.step).toBeGreaterThan(thin[i - 1]!.step);
    }),
  );
});

it("stays within the limit when every point was validated", () => {
  expect(thinHistory(points(5000, 1), 300).length).toBeLessThanOrEqual(300);
});
