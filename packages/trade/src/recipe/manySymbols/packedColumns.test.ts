import fc from "fast-check";
import { expect, it } from "vitest";
import { packingRing, unpackColumns } from "./packedColumns.ts";

const table = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 9 }))
  .chain(([count, length]) =>
    fc.array(fc.float32Array({ minLength: length, maxLength: length }), {
      minLength: count,
      maxLength: count,
    }),
  );

it("gives back the columns that were packed, to the bit, as long as no more than its size have come since", () => {
  fc.assert(
    fc.property(fc.array(table, { maxLength: 8 }), fc.integer({ min: 1, max: 3 }), (tables, size) => {
      const pack = packingRing(size);
      const packed: ReturnType<typeof pack>[] = [];
      for (const [i, columns] of tables.entries()) {
        packed.push(pack(columns));
        for (let back = 0; back < Math.min(size, i + 1); back++)
          expect(unpackColumns(packed[i - back]!)).toEqual(tables[i - back]);
      }
      expect(new Set(packed.slice(-size).map(({ buffer }) => buffer)).size).toBe(
        Math.min(size, packed.length),
      );
    }),
  );
});

it("writes into the same memory again, and asks for more where columns are longer", () => {
  const pack = packingRing(1);
  const first = pack([Float32Array.of(1, 2, 3)]).buffer;
  expect(pack([Float32Array.of(4)]).buffer).toBe(first);
  expect(pack([new Float32Array(9)]).buffer.byteLength).toBe(36);
});

it("refuses columns of different lengths", () => {
  expect(() => packingRing(2)([new Float32Array(3), new Float32Array(2)])).toThrow(/column 1 has 2 rows/);
});
