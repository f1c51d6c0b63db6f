import { expect, it } from "vitest";
import { linear } from "../layers/linear.ts";
import { reshape } from "../ops/layout.ts";
import { countParameters } from "./countParameters.ts";

it("counts weights and biases of every layer, and nothing for inputs and constants", () => {
  const count = countParameters(
    (g, x) => {
      const flat = reshape(g, x, ["rest", 5 * 7]);
      const hidden = linear(g, flat, "hidden", 11);
      return linear(g, hidden, "out", 3, { bias: false });
    },
    { time: 5, features: 7 },
  );
  expect(count).toBe(35 * 11 + 11 + 11 * 3);
});

it("refuses a name given twice", () => {
  const twice = () =>
    countParameters((g, x) => [linear(g, x, "a", 3), linear(g, x, "a", 3)], { time: 2, features: 3 });
  expect(twice).toThrow(/two parameters are named "a\.weight"/);
});
