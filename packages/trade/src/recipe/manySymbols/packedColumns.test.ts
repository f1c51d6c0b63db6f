import fc from "fast-check";
import { expect, it } from "vitest";
import { packColumns, unpackColumns } from "./packedColumns.ts";

it("gives back the columns that were packed, to the bit", () => {
  const table = fc
    .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 9 }))
    .chain(([count, length]) =>
      fc.array(fc.float32Array({ minLength: length, maxLength: length }), {
        minLength: count,
        maxLength: count,
      }),
    );
  fc.assert(
    fc.property(table, (columns) => {
      const packed = packColumns(columns);
      expect(unpackColumns(packed)).toEqual(columns);
      expect(packed.buffer.byteLength).toBe(columns.reduce((sum, { byteLength }) => sum + byteLength, 0));
    }),
  );
});

it("refuses columns of different lengths", () => {
  expect(() => packColumns([new Float32Array(3), new Float32Array(2)])).toThrow(/column 1 has 2 rows/);
});
