import { describe, expect, it } from "vitest";
import { DataError, OrionError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import { openTabular } from "./openTabular.ts";
import { pickTable } from "./pickRows.ts";
import { TabularManifest } from "./tabularManifest.ts";
import type { FittedTabular, Table, TabularData, TabularModel } from "./tabularModel.ts";

const NAMES = ["momentum", "volume", "gap", "spread"];

/** Rows of which the first two columns tell the label; every seventh value is missing when it is asked for. */
export function plantedRows(
  kind: "classes" | "values",
  rows: number,
  options: { seed?: number; missing?: boolean; classes?: number } = {},
): TabularData {
  const { seed = 3, missing = false, classes = 3 } = options;
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: rows * NAMES.length }, () => 2 * random.next() - 1);
  const score = (i: number): number =>
    values[i * NAMES.length]! + values[i * NAMES.length + 1]! + 0.3 * (random.next() - 0.5);
  const y = Float64Array.from({ length: rows }, (_, i) => score(i));
  if (missing) for (let i = 2; i < values.length; i += 7) values[i] = Number.NaN;
  const table = { names: NAMES, rows, values };
  if (kind === "values") return { table, target: { kind, y } };
  const cut = (s: number): number => Math.min(classes - 1, Math.floor(((s + 1) / 2) * classes));
  return {
    table,
    target: {
      kind,
      classes: ["SELL", "HOLD", "BUY", "SKIP"].slice(0, classes),
      y: Int32Array.from(y, (s) => Math.max(0, cut(s))),
    },
  };
}

async function using<T>(fitted: FittedTabular, work: (fitted: FittedTabular) => Promise<T>): Promise<T> {
  try {
    return await work(fitted);
  } finally {
    await fitted.close();
  }
}

export interface TabularContractOptions {
  /** whether it reads features at all; `naive` does not */
  readonly learns?: boolean;
  /** whether a fit lasts long enough for a signal to find it at work; true unless said */
  readonly stoppable?: boolean;
}

/** What every tabular model must keep, whatever it computes: to be called in a test file. */
export function tabularContract(
  name: string,
  make: () => TabularModel,
  { learns = true, stoppable = true }: TabularContractOptions = {},
): void {
  const kinds = make().learns;
  const fit = (data: TabularData, seed = 11): Promise<FittedTabular> =>
    make().fit(data, undefined, { seed, threads: 1 });

  describe.each(kinds)(`tabular contract: ${name}, %s`, (kind) => {
    it("saves and opens bit for bit, and the manifest is plain JSON", async () => {
      const data = plantedRows(kind, 150, { missing: true });
      await using(await fit(data), async (fitted) => {
        const before = await fitted.predict(data.table);
        const manifest = JSON.parse(JSON.stringify(fitted.manifest));
        expect(TabularManifest.parse(manifest)).toEqual(fitted.manifest);
        await using(await openTabular(fitted.onnx.slice(), manifest), async (opened) => {
          expect(await opened.predict(data.table)).toEqual(before);
          expect([opened.kind, opened.names, opened.outputs]).toEqual([
            fitted.kind,
            fitted.names,
            fitted.outputs,
          ]);
        });
        await expect(openTabular(fitted.onnx.subarray(0, 200), manifest)).rejects.toThrow(
          /damaged|truncated|holds no/,
        );
      });
    });

    it("gives the same bytes for the same seed", async () => {
      const data = plantedRows(kind, 120, { missing: true });
      const [a, b] = [await fit(data), await fit(data)];
      expect(b.onnx).toEqual(a.onnx);
      expect(b.manifest).toEqual(a.manifest);
      await Promise.all([a.close(), b.close()]);
    });

    it("answers a row by the row alone, in whatever order and company", async () => {
      const data = plantedRows(kind, 150, { missing: true });
      await using(await fit(data), async (fitted) => {
        const K = fitted.outputs.length;
        const all = await fitted.predict(data.table);
        const order = [...seededRandom(5).shuffle(Int32Array.from({ length: 150 }, (_, i) => i))];
        const shuffled = await fitted.predict(pickTable(data.table, order));
        order.forEach((row, i) => {
          expect(shuffled.slice(i * K, (i + 1) * K)).toEqual(all.slice(row * K, (row + 1) * K));
        });
        for (const row of [0, 77, 149])
          expect(await fitted.predict(pickTable(data.table, [row]))).toEqual(
            all.slice(row * K, (row + 1) * K),
          );
      });
    });

    it("tells probabilities that sum to 1, or finite values, also where every value is missing", async () => {
      const data = plantedRows(kind, 150);
      await using(await fit(data), async (fitted) => {
        const empty = { names: NAMES, rows: 2, values: new Float32Array(8).fill(Number.NaN) };
        const far = { names: NAMES, rows: 2, values: Float32Array.of(1e6, -1e6, 1e6, 0, 3e38, 0, 0, -3e38) };
        for (const table of [data.table, empty, ...(kind === "classes" ? [far] : [])]) {
          const told = await fitted.predict(table);
          expect(told.every(Number.isFinite)).toBe(true);
          if (kind === "classes") expectSums(told, fitted.outputs.length);
        }
      });
    });

    if (learns)
      it("learns what is planted: better than the labels' own shares or mean", async () => {
        const train = plantedRows(kind, 400, { seed: 1 });
        const test = plantedRows(kind, 200, { seed: 2 });
        await using(await fit(train), async (fitted) => {
          const told = await fitted.predict(test.table);
          if (test.target.kind === "classes") {
            const { y } = test.target;
            const K = fitted.outputs.length;
            const hit = y.filter((c, i) =>
              told.subarray(i * K, (i + 1) * K).every((p) => p <= told[i * K + c]!),
            );
            expect(hit.length / 200).toBeGreaterThan(0.7);
          } else {
            const { y } = test.target;
            const left = y.reduce((sum, v, i) => sum + (v - told[i]!) ** 2, 0);
            expect(left).toBeLessThan(0.4 * y.reduce((sum, v) => sum + v * v, 0));
          }
        });
      });

    it("takes constant and empty columns and more columns than rows, and says so", async () => {
      const data = plantedRows(kind, 60);
      for (let i = 0; i < 60; i++) {
        data.table.values[i * 4 + 2] = 7;
        data.table.values[i * 4 + 3] = Number.NaN;
      }
      await using(await fit(data), async (fitted) => {
        expect((await fitted.predict(data.table)).every(Number.isFinite)).toBe(true);
        if (learns) {
          expect(fitted.manifest.notes.join("; ")).toMatch(/gap/);
          expect(fitted.manifest.notes.join("; ")).toMatch(/spread/);
        }
        // what was constant tells nothing of a row where it is not
        const before = await fitted.predict(pickTable(data.table, [0, 1]));
        const changed = pickTable(data.table, [0, 1]);
        changed.values.set([9, 1], 2);
        expect(await fitted.predict(changed)).toEqual(before);
      });
      const random = seededRandom(9);
      const names = Array.from({ length: 40 }, (_, f) => `f${f}`);
      const wide: TabularData = {
        table: { names, rows: 12, values: Float32Array.from({ length: 480 }, () => random.next()) },
        target:
          kind === "classes"
            ? { kind, classes: ["down", "up"], y: Int32Array.from({ length: 12 }, (_, i) => i % 2) }
            : { kind, y: Float64Array.from({ length: 12 }, (_, i) => i % 5) },
      };
      await using(await fit(wide), async (fitted) => {
        const told = await fitted.predict(wide.table);
        expect(told.every(Number.isFinite)).toBe(true);
        if (kind === "classes") expectSums(told, 2);
        if (learns) expect(fitted.manifest.notes.join("; ")).toMatch(/40 columns for 12 rows/);
      });
    });

    it("refuses rows it cannot learn from, in one line", async () => {
      const good = plantedRows(kind, 30);
      const table = (change: Partial<Table>): TabularData => ({
        ...good,
        table: { ...good.table, ...change },
      });
      const bad: [TabularData, RegExp][] = [
        [table({ rows: 0, values: new Float32Array(0) }), /0 rows/],
        [table({ rows: 29 }), /120 values for 29 rows/],
        [table({ names: ["a", "b", "a", "c"] }), /two columns are named 'a'/],
        [
          table({ values: good.table.values.with(5, Number.POSITIVE_INFINITY) }),
          /row 1, column 'volume' is infinite/,
        ],
        [{ ...good, weights: new Float64Array(30) }, /weights sum to 0/],
        [{ ...good, weights: new Float64Array(30).fill(1).with(3, -1) }, /weight of row 3 is -1/],
      ];
      if (good.target.kind === "classes") {
        const { classes, y } = good.target;
        const of = (labels: Int32Array): TabularData => ({
          ...good,
          target: { kind: "classes", classes, y: labels },
        });
        bad.push(
          [of(y.with(4, 3)), /label of row 4 is 3/],
          [of(new Int32Array(30)), /all training rows are of class 'SELL'/],
        );
      } else {
        const { y } = good.target;
        bad.push([
          { ...good, target: { kind: "values", y: y.with(2, Number.NaN) } },
          /label of row 2 is NaN/,
        ]);
      }
      for (const [data, message] of bad) {
        const failure = await fit(data).then(
          () => null,
          (error: unknown) => error,
        );
        expect(failure, String(message)).toBeInstanceOf(OrionError);
        expect((failure as OrionError).message).toMatch(message);
      }
    });

    it("refuses other columns and other orders when it predicts", async () => {
      const data = plantedRows(kind, 60);
      await using(await fit(data), async (fitted) => {
        const other = (names: string[]): Table => ({ ...data.table, names });
        await expect(fitted.predict(other(["volume", "momentum", "gap", "spread"]))).rejects.toThrow(
          /column 0 is 'volume' where the model reads 'momentum'/,
        );
        await expect(fitted.predict(other(["momentum", "volume", "gap"]))).rejects.toThrow(/3 columns/);
        await expect(
          fitted.predict({ ...data.table, values: data.table.values.with(0, Number.NEGATIVE_INFINITY) }),
        ).rejects.toThrow(DataError);
      });
    });

    it("counts a row of weight 2 as often as two rows, and one of weight 0 not at all", async () => {
      if (kind !== "classes") return;
      const planted = plantedRows(kind, 240);
      if (planted.target.kind !== "classes") return;
      // a third of the labels by chance: where classes do not overlap, a weight changes nothing
      const y = planted.target.y.map((c, i) => (i % 3 === 1 ? Math.floor(i / 3) % 3 : c));
      const data: TabularData = { ...planted, target: { ...planted.target, y } };
      // every row of the first class ten times as heavy: it is told more often
      const heavy = Float64Array.from(y, (c) => (c === 0 ? 10 : 1));
      const [plain, weighted] = [await fit(data), await fit({ ...data, weights: heavy })];
      const others = plantedRows(kind, 200, { seed: 4 }).table;
      const mean = async (fitted: FittedTabular): Promise<number> =>
        (await fitted.predict(others)).filter((_, i) => i % 3 === 0).reduce((a, b) => a + b, 0) / 200;
      expect(await mean(weighted)).toBeGreaterThan((await mean(plain)) + 0.02);
      await Promise.all([plain.close(), weighted.close()]);
    });

    it("stops when it is told to", async () => {
      const data = plantedRows(kind, 200);
      const stopped = AbortSignal.abort();
      await expect(make().fit(data, undefined, { seed: 1, threads: 1, signal: stopped })).rejects.toThrow(
        /abort/i,
      );
      if (!stoppable) return;
      const controller = new AbortController();
      const run = make().fit(data, undefined, {
        seed: 1,
        threads: 1,
        signal: controller.signal,
        onUpdate: () => controller.abort(),
      });
      await expect(run).rejects.toThrow(/abort/i);
    });
  });

  it(`${name} refuses a kind of target that it does not learn`, async () => {
    for (const kind of ["classes", "values"] as const)
      if (!kinds.includes(kind)) await expect(fit(plantedRows(kind, 30))).rejects.toThrow(/learns/);
  });
}

function expectSums(told: Float32Array, K: number): void {
  for (let i = 0; i < told.length; i += K) {
    const row = told.subarray(i, i + K);
    expect(row.every((p) => p >= 0 && p <= 1 + 1e-6)).toBe(true);
    expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  }
}
