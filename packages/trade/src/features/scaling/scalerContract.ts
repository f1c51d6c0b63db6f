import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyScaler, fitScaler, invertScaler, type Scaler, scalerSchema } from "./scaler.ts";
import type { ScalingConfig } from "./scalingConfig.ts";

const finite = fc.float({ min: -1e6, max: 1e6, noNaN: true });
const anything = fc.oneof({ weight: 4, arbitrary: finite }, { weight: 1, arbitrary: fc.float() });
/** A column whose first half is trained on, with some value in it. */
const column = fc
  .tuple(finite, fc.array(anything, { minLength: 3, maxLength: 60 }))
  .map(([first, rest]) => Float32Array.from([first, ...rest]));
/** Prices and the like: a value a billion times the others would be past what 32 bits hold of it. */
const cents = fc.integer({ min: -100_000, max: 100_000 }).map((n) => n / 100);
const runs = { numRuns: 60 };

/** What every scaler must keep: to be called in the scaler's own test file. */
export function scalerContract(config: ScalingConfig): void {
  const trainingRows = (values: Float32Array): Int32Array =>
    Int32Array.from({ length: Math.ceil(values.length / 2) }, (_, row) => row);
  const fit = (values: Float32Array): Scaler => fitScaler(config, ["x"], [values], trainingRows(values));

  describe(`scaler contract: ${config.kind}`, () => {
    it("learns the same whatever stands in other rows", () => {
      fc.assert(
        fc.property(column, fc.array(anything, { minLength: 60, maxLength: 60 }), (values, others) => {
          const changed = values.map((value, row) =>
            row < trainingRows(values).length ? value : others[row]!,
          );
          expect(fit(changed)).toEqual(fit(values));
        }),
        runs,
      );
    });

    it("scales each row by itself", () => {
      fc.assert(
        fc.property(column, (values) => {
          const scaler = fit(values);
          const [whole] = applyScaler([values], scaler);
          values.forEach((value, row) => {
            expect(applyScaler([Float32Array.of(value)], scaler)[0]![0]).toBe(whole![row]);
          });
        }),
        runs,
      );
    });

    it("gives NaN for what is not finite, and finite numbers within the clip for all else", () => {
      fc.assert(
        fc.property(column, fc.array(fc.float()), (values, others) => {
          const given = Float32Array.from(others);
          applyScaler([given], fit(values))[0]!.forEach((scaled, row) => {
            if (!Number.isFinite(given[row]!)) expect(scaled).toBeNaN();
            else expect(Math.abs(scaled)).toBeLessThanOrEqual(config.clip);
          });
        }),
        runs,
      );
    });

    it("keeps the order of values", () => {
      fc.assert(
        fc.property(column, fc.array(finite, { minLength: 2 }), (values, others) => {
          const [scaled] = applyScaler([Float32Array.from(others).sort()], fit(values));
          expect([...scaled!]).toEqual([...scaled!].sort((a, b) => a - b));
        }),
        runs,
      );
    });

    it("is the same bits after JSON", () => {
      fc.assert(
        fc.property(column, (values) => {
          const scaler = fit(values);
          const stored = scalerSchema.parse(JSON.parse(JSON.stringify(scaler)));
          expect(stored).toEqual(scaler);
          expect(applyScaler([values], stored)).toEqual(applyScaler([values], scaler));
        }),
        runs,
      );
    });

    it("comes back within the training range, or says that it cannot", () => {
      fc.assert(
        fc.property(fc.array(cents, { minLength: 4 }), (list) => {
          const values = Float32Array.from(list);
          const scaler = { ...fit(values), clip: null };
          const scaled = applyScaler([values], scaler);
          if (config.kind === "rolling") {
            expect(() => invertScaler(scaled, scaler)).toThrow(/no inverse/);
            return;
          }
          const [back] = invertScaler(scaled, scaler);
          const known = values.subarray(0, trainingRows(values).length);
          const size = Math.max(...known.map(Math.abs), 1);
          known.forEach((value) => {
            const row = values.indexOf(value);
            expect(Math.abs(back![row]! - value)).toBeLessThanOrEqual(1e-5 * size);
          });
        }),
        runs,
      );
    });

    it("names a column that does not vary, and centres it only", () => {
      if (config.kind === "rolling") return;
      const scaler = fit(Float32Array.of(0.5, 0.5, 0.5, 2, 3, NaN));
      expect(scaler).toMatchObject({ constant: ["x"] });
      expect([...applyScaler([Float32Array.of(0.5, 1, -1)], scaler)[0]!]).toEqual([0, 0.5, -1.5]);
    });

    it("refuses rows and columns that do not fit, and a column without a value", () => {
      if (config.kind === "rolling") return;
      const x = Float32Array.of(1, 2, NaN);
      expect(() => fitScaler(config, ["x"], [x], [2])).toThrow(/'x' has no finite value in the 1 rows/);
      expect(() => fitScaler(config, ["x"], [x], [3])).toThrow(/row 3 is not in column 'x' of 3 rows/);
      expect(() => fitScaler(config, ["x"], [x, x], [0])).toThrow(/1 names for 2 columns/);
    });
  });
}
