import { expect, test } from "vitest";
import { type Candidate, chooseModel } from "./chooseModel.ts";

const of = (
  id: string,
  parameters: number,
  validationLoss: number,
  failed: string | null = null,
): Candidate => ({
  id,
  parameters,
  validationLoss,
  failed,
});
const [large, middle, small] = [of("large", 900, 0.7), of("middle", 90, 0.71), of("small", 9, 0.9)];
const apart = { low: 0.05, high: 0.3 };
const alike = { low: -0.01, high: 0.03 };

test("the lowest loss where the others are worse beyond doubt", () => {
  expect(chooseModel([small, large, middle], () => apart)!.model).toBe("large");
});

test("the smallest of those that cannot be told from the lowest, and no smaller one that is worse", () => {
  const chosen = chooseModel([large, middle, small], (best, other) => {
    expect(best).toBe(large);
    return other === middle ? alike : apart;
  })!;
  expect(chosen).toEqual({
    model: "middle",
    reason:
      "its validation loss 0.7100 cannot be told from the lowest, 0.7000 of large, and it has 90 parameters instead of 900",
  });
  // an interval that ends in 0 holds it
  expect(chooseModel([large, small], () => ({ low: 0, high: 1 }))!.model).toBe("small");
});

test("without an interval nobody smaller is preferred", () => {
  expect(chooseModel([small, large], () => null)!.model).toBe("large");
});

test("equals in size go by the loss; a failed training is passed over unless all failed", () => {
  expect(chooseModel([of("a", 5, 0.3), of("b", 5, 0.2), of("c", 5, 0.4)], () => alike)!.model).toBe("b");
  expect(chooseModel([of("a", 5, 0.1, "says one class"), large], () => apart)!.model).toBe("large");
  expect(chooseModel([of("a", 5, 0.1, "says one class")], () => apart)!.reason).toMatch(/has failed$/);
  expect(chooseModel([], () => apart)).toBeNull();
});
