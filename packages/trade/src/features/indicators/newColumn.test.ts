import { expect, test } from "vitest";
import { newColumn, recyclingColumns } from "./newColumn.ts";

const filled = (length: number): Float64Array => newColumn(length).fill(7);

test("columns begin as zeros, whatever their memory held", () => {
  const first = recyclingColumns(100, () => [filled(100), filled(90)].map(({ buffer }) => buffer));
  const again = recyclingColumns(120, () => {
    const columns = [newColumn(120), newColumn(50), newColumn(0)];
    expect(columns).toEqual([new Float64Array(120), new Float64Array(50), new Float64Array(0)]);
    return columns.map(({ buffer }) => buffer);
  });
  expect(new Set(again.slice(0, 2))).toEqual(new Set(first));
  expect(again[2]).not.toBe(first[0]);
});

test("two columns of one work never share memory, also where works are nested or throw", () => {
  const buffers = (): ArrayBufferLike[] => [filled(64), filled(64)].map(({ buffer }) => buffer);
  recyclingColumns(64, () => {
    const outer = buffers();
    const inner = recyclingColumns(32, buffers);
    expect(new Set([...outer, ...inner, ...buffers()]).size).toBe(6);
  });
  expect(() =>
    recyclingColumns(64, () => {
      buffers();
      throw new Error("no data");
    }),
  ).toThrow("no data");
  recyclingColumns(64, () => expect(new Set([...buffers(), ...buffers(), ...buffers()]).size).toBe(6));
});

test("outside of a work, longer than it says, or too long to keep, memory is fresh", () => {
  const kept = recyclingColumns(8, () => filled(8).buffer);
  expect(filled(8).buffer).not.toBe(kept);
  recyclingColumns(8, () => expect(newColumn(9)).toEqual(new Float64Array(9)));
  const long = recyclingColumns(20_000, () => filled(20_000).buffer);
  expect(recyclingColumns(20_000, () => filled(20_000).buffer)).not.toBe(long);
});
