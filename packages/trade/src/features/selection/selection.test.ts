import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../../core/normalQuantile.ts";
import { seededRandom } from "../../core/random.ts";
import { columnNames, fitInputs, inputsMetadata, networkInputs } from "./networkInputs.ts";
import {
  applySelection,
  fitSelection,
  SelectionConfig,
  type SelectionData,
  selectedNames,
  selectionSchema,
} from "./selection.ts";

const CORRELATION = SelectionConfig.parse({ kind: "correlation" });
const COMPONENTS = SelectionConfig.parse({ kind: "pca" });

/** `clear` says most of the class, `blurred` and `faint` are noisier copies, `other` stands alone, `still` does not vary. */
function planted(seed = 1, n = 900): SelectionData {
  const random = seededRandom(seed);
  const gauss = () => Float32Array.from({ length: n }, () => normalQuantile(random.next() || 0.5));
  const hidden = gauss();
  const noisy = (share: number) => {
    const noise = gauss();
    return hidden.map((value, t) => value + share * noise[t]!);
  };
  const columns = {
    blurred: noisy(0.3),
    still: new Float32Array(n).fill(3),
    faint: noisy(0.4),
    other: gauss(),
    clear: noisy(0.1),
  };
  return {
    names: Object.keys(columns),
    columns: Object.values(columns),
    rows: Int32Array.from({ length: 600 }, (_, i) => i + 50),
    labels: { class: hidden.map((h) => (h > 0.5 ? 0 : h < -0.5 ? 2 : 1)), return: hidden },
  };
}

describe("fitSelection by correlation", () => {
  it("keeps of a group the column that tells most, and says what went, why, and by which numbers", async () => {
    for (const against of ["class", "return"] as const) {
      const found = await fitSelection({ ...CORRELATION, against } as SelectionConfig, planted());
      if (found.kind !== "correlation") throw new Error("asked for correlation");
      expect(found.kept).toEqual(["other", "clear"]);
      expect(found.dropped.map((d) => [d.name, d.reason])).toEqual([
        ["blurred", "correlated"],
        ["still", "constant"],
        ["faint", "correlated"],
      ]);
      const [blurred] = found.dropped;
      if (blurred?.reason !== "correlated") throw new Error("blurred is correlated");
      // corr(h + 0.3 e, h + 0.1 f) = 1 / sqrt(1.09 x 1.01)
      expect(Math.abs(blurred.r - 1 / Math.sqrt(1.09 * 1.01))).toBeLessThan(0.01);
      expect(blurred.kept).toBe("clear");
      expect(blurred.information).toBeLessThan(blurred.keptInformation);
      expect(blurred.keptInformation).toBe(found.information[4]);
      expect([found.rows, found.limit, found.against]).toEqual([600, 0.8, against]);
      expect(Math.abs(found.information[3]!)).toBeLessThan(0.03);
    }
  });

  it("leaves no pair above the limit, and drops nothing that has no closer and better one that stays", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.double({ min: 0.1, max: 0.97, noNaN: true }), async (seed, limit) => {
        const data = planted(seed, 700);
        const found = await fitSelection({ kind: "correlation", limit, against: "class" }, data);
        if (found.kind !== "correlation") throw new Error("asked for correlation");
        const again = await fitSelection(
          { kind: "correlation", limit, against: "class" },
          { ...data, names: found.kept, columns: applySelection(data.columns, found) },
        );
        expect(selectedNames(again)).toEqual(found.kept);
        for (const d of found.dropped) {
          if (d.reason === "constant") continue;
          expect(Math.abs(d.r)).toBeGreaterThan(limit);
          expect(found.kept).toContain(d.kept);
          expect(d.keptInformation).toBeGreaterThanOrEqual(d.information);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("chooses the same in whatever order the columns come, copies by their names", async () => {
    const data = planted();
    const [names, columns] = [
      [...data.names, "clearCopy"],
      [...data.columns, data.columns[4]!],
    ];
    const known = await fitSelection(CORRELATION, { ...data, names, columns });
    if (known.kind !== "correlation") throw new Error("asked for correlation");
    expect(known.dropped.find((d) => d.name === "clearCopy")).toMatchObject({ kept: "clear", r: 1 });
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const order = seededRandom(seed).shuffle([...names.keys()]);
        const found = await fitSelection(CORRELATION, {
          ...data,
          names: order.map((f) => names[f]!),
          columns: order.map((f) => columns[f]!),
        });
        if (found.kind !== "correlation") throw new Error("asked for correlation");
        expect(found.kept.toSorted()).toEqual(known.kept.toSorted());
        const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
        expect(found.dropped.toSorted(byName)).toEqual(known.dropped.toSorted(byName));
      }),
      { numRuns: 15 },
    );
  });
});

describe("fitSelection by components", () => {
  it("of two columns with r 0.8 finds their sum and their difference, 90 % and 10 %", async () => {
    // x 1 2 3 4 5 and y 1 3 2 5 4 with r 0.8 (see the correlation's test): eigenvalues 1.8 and 0.2
    const times = 8;
    const x = Float32Array.from({ length: 5 * times }, (_, t) => (t % 5) + 1);
    const y = Float32Array.from({ length: 5 * times }, (_, t) => 10 * [1, 3, 2, 5, 4][t % 5]!);
    const rows = Int32Array.from({ length: 5 * times }, (_, t) => t);
    const data = { names: ["x", "y"], columns: [x, y], rows, labels: { class: x, return: x } };
    const found = await fitSelection({ kind: "pca", variance: 0.89 }, data);
    if (found.kind !== "pca") throw new Error("asked for components");
    expect(found.shares).toHaveLength(1);
    expect(found.shares[0]).toBeCloseTo(0.9, 12);
    expect(found.loadings[0]![0]).toBeCloseTo(Math.SQRT1_2, 12);
    // the first row: (1 - 3) / sqrt 2 in both columns, so -sqrt 2 x 2 x sqrt(1/2) = -2
    expect(applySelection([x, y], found)[0]![0]).toBeCloseTo(-2, 6);
    expect(selectedNames(found)).toEqual(["pc1"]);
    expect(selectedNames(await fitSelection({ kind: "pca", variance: 0.91 }, data))).toEqual(["pc1", "pc2"]);
    expect(selectedNames(await fitSelection({ kind: "pca", variance: 1 }, data))).toEqual(["pc1", "pc2"]);
  });

  it("gives components that do not go together and hold the share, and leaves a constant out by name", async () => {
    const data = planted(3);
    const found = await fitSelection(COMPONENTS, data);
    if (found.kind !== "pca") throw new Error("asked for components");
    expect(found.constant).toEqual(["still"]);
    expect(found.shares.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(0.95);
    const made = applySelection(data.columns, found);
    const again = await fitSelection(
      { kind: "correlation", limit: 0.001, against: "class" },
      { ...data, names: selectedNames(found), columns: made },
    );
    expect(selectedNames(again)).toEqual(selectedNames(found));
    const hole = data.columns.map((column) => column.slice());
    hole[2]![7] = Number.NaN;
    hole[0]![8] = Number.POSITIVE_INFINITY;
    for (const component of applySelection(hole, found)) {
      expect([component[6], component[7], component[8]].map(Number.isFinite)).toEqual([true, false, false]);
    }
  });
});

describe("a selection of either kind", () => {
  it.each([CORRELATION, COMPONENTS])("reads nothing but the training rows: $kind", async (config) => {
    const data = planted();
    const known = await fitSelection(config, data);
    const training = new Set(data.rows);
    const random = seededRandom(9);
    const spoil = (column: Float32Array): Float32Array =>
      column.map((value, row) =>
        training.has(row) ? value : random.below(5) === 0 ? NaN : 1e6 * random.next(),
      );
    const labels = { class: spoil(data.labels.class), return: spoil(data.labels.return) };
    expect(await fitSelection(config, { ...data, columns: data.columns.map(spoil), labels })).toEqual(known);
  });

  it.each([CORRELATION, COMPONENTS])("is the same bits after JSON: $kind", async (config) => {
    const data = planted();
    const known = await fitSelection(config, data);
    const stored = selectionSchema.parse(JSON.parse(JSON.stringify(known)));
    expect(stored).toEqual(known);
    expect(applySelection(data.columns, stored)).toEqual(applySelection(data.columns, known));
  });

  it("says what does not fit", async () => {
    const data = planted();
    const few = { ...data, rows: data.rows.subarray(0, 20) };
    await expect(fitSelection(CORRELATION, few)).rejects.toThrow(/20 training rows .* 30 are the least/);
    const twice = { ...data, names: ["a", "b", "a", "c", "d"] };
    await expect(fitSelection(CORRELATION, twice)).rejects.toThrow(/two columns are named 'a'/);
    const still = { ...data, columns: data.columns.map((c) => c.map(() => 1)) };
    await expect(fitSelection(COMPONENTS, still)).rejects.toThrow(/none of 5 columns varies/);
    const unlabelled = { ...data, labels: { ...data.labels, class: data.labels.class.map(() => NaN) } };
    await expect(fitSelection(CORRELATION, unlabelled)).rejects.toThrow(
      /label of training row 50 is not finite/,
    );
    const known = await fitSelection(COMPONENTS, data);
    expect(() => applySelection([], known)).toThrow(/made for 5 columns, given 0/);
    for (const wrong of [
      { kind: "pca", variance: 0 },
      { kind: "correlation", limit: 1 },
      { kind: "pca", limit: 0.8 },
    ])
      expect(SelectionConfig.safeParse(wrong).success).toBe(false);
  });
});

describe("fitInputs", () => {
  it("scales what was selected, tells the graph's metadata, and gives the same inputs after JSON", async () => {
    const data = planted();
    for (const selection of [CORRELATION, COMPONENTS, undefined]) {
      const inputs = await fitInputs({ scaling: { kind: "rankGauss", clip: 3 }, selection }, data);
      expect(columnNames(inputs)).toEqual(data.names);
      const stored = JSON.parse(JSON.stringify(inputs));
      const made = networkInputs(data.columns, inputs);
      expect(networkInputs(data.columns, stored)).toEqual(made);
      expect(made).toHaveLength(inputs.scaler.names.length);
      const told = inputsMetadata({ features: "?", seed: "1" }, inputs);
      expect(told).toMatchObject({
        seed: "1",
        features: data.names.join(),
        inputs: inputs.scaler.names.join(),
      });
      expect(JSON.parse(told.scaling!)).toEqual(inputs.scaler);
      expect("selection" in told).toBe(selection !== undefined);
    }
  });

  it("takes a selection that was fitted before, and adds nothing to plain inputs", async () => {
    const data = planted();
    const old = await fitSelection(CORRELATION, planted(5));
    const { selection } = await fitInputs({ scaling: { kind: "standard", clip: 8 }, selection: old }, data);
    expect(selection).toBe(old);
    const plain = await fitInputs({ scaling: { kind: "standard", clip: 8 } }, data);
    expect(Object.keys(plain)).toEqual(["scaler"]);
    expect(inputsMetadata({ a: "b" }, plain)).toEqual({ a: "b" });
  });
});
