import fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../core/errors.ts";
import { decodeForecast, encodeForecast } from "./forecastFile.ts";

const row = fc.tuple(
  fc.double({ noNaN: true }),
  ...Array.from({ length: 4 }, () => fc.float()),
) as fc.Arbitrary<[number, number, number, number, number]>;

test("any forecast comes back bit for bit, from anywhere in a larger buffer", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), fc.nat(9), (rows, offset) => {
      const forecast = {
        closeTime: Float64Array.from(rows, (r) => r[0]),
        buy: Float32Array.from(rows, (r) => r[1]),
        hold: Float32Array.from(rows, (r) => r[2]),
        sell: Float32Array.from(rows, (r) => r[3]),
        return: Float32Array.from(rows, (r) => r[4]),
      };
      const bytes = encodeForecast(forecast);
      expect(bytes.byteLength).toBe(24 * rows.length);
      const shared = new Uint8Array(bytes.byteLength + offset);
      shared.set(bytes, offset);
      expect(decodeForecast(shared.subarray(offset))).toEqual(forecast);
      expect(decodeForecast(Buffer.from(shared.buffer, offset))).toEqual(forecast);
    }),
  );
});

test("a column that is a view into another array is written as itself", () => {
  const column = Float32Array.of(9, 0.25, 0.5, 9).subarray(1, 3);
  const forecast = {
    closeTime: Float64Array.of(9, 1, 2).subarray(1),
    buy: column,
    hold: column,
    sell: column,
    return: column,
  };
  expect([...decodeForecast(encodeForecast(forecast)).sell]).toEqual([0.25, 0.5]);
});

test("bytes that are cut short are refused", () => {
  const four = Float32Array.of(0, 0.5, 1, 0);
  const bytes = encodeForecast({
    closeTime: Float64Array.of(1, 2, 3, 4),
    buy: four,
    hold: four,
    sell: four,
    return: four,
  });
  for (let length = 1; length < bytes.length; length++) {
    if (length % 24 === 0) continue;
    expect(() => decodeForecast(bytes.subarray(0, length))).toThrow(DataError);
  }
  expect(() => decodeForecast(bytes.subarray(0, 95))).toThrow(/95 bytes are cut short/);
});
