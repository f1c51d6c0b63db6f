import { readParameters } from "@orion/grad";
import { describe, expect, it } from "vitest";
import { fitLogistic, LogisticConfig, logisticPart } from "./logistic.ts";
import { tabularContract } from "./tabularContract.ts";
import type { TabularData } from "./tabularModel.ts";
import { irisRows } from "./testing/irisRows.ts";
import { spector } from "./testing/spector.ts";

tabularContract("logistic", () => logisticPart.create(LogisticConfig.parse({})));

const context = { seed: 1 };

/** W [F, P] and b [P] of the file. */
function weightsOf(onnx: Uint8Array): { weight: number[]; bias: number[] } {
  const parameters = readParameters(onnx);
  return {
    weight: [...parameters.get("linear.weight")!.values],
    bias: [...parameters.get("linear.bias")!.values],
  };
}

describe("logistic against other software", () => {
  it("meets statsmodels' Logit on the Spector data without a penalty", async () => {
    const fitted = await fitLogistic(LogisticConfig.parse({ lambda: 0 }), spector, undefined, context);
    const { weight, bias } = weightsOf(fitted.onnx);
    const parameters = readParameters(fitted.onnx);
    const perScale = parameters.get("inputs.perScale")!.values;
    const mean = parameters.get("inputs.mean")!.values;
    const slopes = [0, 1, 2].map((f) => weight[f * 2 + 1]! * perScale[f]!);
    const constant = bias[1]! - slopes.reduce((sum, b, f) => sum + b * mean[f]!, 0);
    // Greene 2003, table 21.1; statsmodels 0.15 `sm.Logit(endog, add_constant(exog)).fit()`
    [2.826112594889321, 0.0951576613179096, 2.3786876550933544].forEach((b, f) => {
      expect(slopes[f]).toBeCloseTo(b, 4);
    });
    expect(constant).toBeCloseTo(-13.021346858115697, 4);
    const told = await fitted.predict(spector.table);
    const y = spector.target.y;
    const likelihood = y.reduce((sum: number, c: number, i: number) => sum + Math.log(told[i * 2 + c]!), 0);
    expect(likelihood).toBeCloseTo(-12.889634222131415, 5);
    await fitted.close();
  });

  // scikit-learn 1.9.1: StandardScaler, LogisticRegression(C=1 / (0.05 * 30), tol=1e-12) on every fifth row of iris
  it("meets scikit-learn's ridge on three classes", async () => {
    const fitted = await fitLogistic(LogisticConfig.parse({ lambda: 0.05 }), irisRows, undefined, context);
    const { weight, bias } = weightsOf(fitted.onnx);
    const expected = [
      [-0.6503592928435309, 0.4887254957629047, -1.0090806603947964, -0.9041188526970311],
      [-0.10434211233741462, -0.46521040919228773, 0.18223315607315646, -0.24607894993436166],
      [0.7547014051809455, -0.02351508657061711, 0.8268475043216399, 1.1501978026313926],
    ];
    expected.forEach((row, k) => {
      row.forEach((w, f) => {
        expect(weight[f * 3 + k]).toBeCloseTo(w, 5);
      });
    });
    [-0.23480577501304162, 0.9487023868521691, -0.7138966118391261].forEach((b, k) => {
      expect(bias[k]).toBeCloseTo(b, 5);
    });
    const told = await fitted.predict(irisRows.table);
    [0.06463519671397867, 0.9245133233536184, 0.010851479932402975].forEach((p, k) => {
      expect(told[12 * 3 + k]).toBeCloseTo(p, 5);
    });
    await fitted.close();
  });

  // the same with l1_ratio=0.5, solver='saga', tol=1e-13
  it("meets scikit-learn's elastic net, exact zeros included", async () => {
    const config = LogisticConfig.parse({ lambda: 0.05, l1Ratio: 0.5 });
    const fitted = await fitLogistic(config, irisRows, undefined, context);
    const { weight } = weightsOf(fitted.onnx);
    const expected = [
      [-0.343584180374765, 0.36285761382016296, -1.1425109521936805, -0.8800374545160491],
      [0, -0.3683856654952517, 0, 0],
      [0.7205510243382705, 0, 0.7263055123204685, 1.361713745412072],
    ];
    expected.forEach((row, k) => {
      row.forEach((w, f) => {
        if (w === 0) expect(weight[f * 3 + k]).toBe(0);
        else expect(weight[f * 3 + k]).toBeCloseTo(w, 5);
      });
    });
    expect(fitted.manifest.notes).toEqual([]);
    await fitted.close();
  });
});

it("says that separable classes have no best fit without a penalty", async () => {
  const data: TabularData = {
    table: { names: ["x"], rows: 4, values: Float32Array.of(-2, -1, 1, 2) },
    target: { kind: "classes", classes: ["down", "up"], y: Int32Array.of(0, 0, 1, 1) },
  };
  const fitted = await fitLogistic(
    LogisticConfig.parse({ lambda: 0, iterations: 8 }),
    data,
    undefined,
    context,
  );
  expect(fitted.manifest.notes.join()).toMatch(/not converged after 8 iterations.*separable/);
  await fitted.close();
});

it("sums contributions to the log odds, an average row's being the intercept", async () => {
  for (const data of [spector, irisRows] as TabularData[]) {
    const fitted = await fitLogistic(LogisticConfig.parse({ lambda: 0.05 }), data, undefined, context);
    const told = await fitted.predict(data.table);
    const parts = await fitted.contributions!(data.table);
    const K = fitted.outputs.length;
    const scores = K === 2 ? 1 : K;
    const width = fitted.names.length + 1;
    for (let i = 0; i < data.table.rows; i++) {
      const score = Array.from({ length: scores }, (_, k) => {
        const at = (i * scores + k) * width;
        return parts.subarray(at, at + width).reduce((a, b) => a + b, 0);
      });
      const logits = scores === 1 ? [0, score[0]!] : score;
      const total = logits.reduce((sum, s) => sum + Math.exp(s), 0);
      logits.forEach((s, k) => {
        expect(told[i * K + k]).toBeCloseTo(Math.exp(s) / total, 5);
      });
    }
    await fitted.close();
  }
});

it("never tells a class without rows", async () => {
  const { table, target } = irisRows;
  const fitted = await fitLogistic(
    LogisticConfig.parse({}),
    { table, target: { ...target, classes: ["a", "b", "c", "d"], y: target.y.map((c) => [0, 2, 3][c]!) } },
    undefined,
    context,
  );
  const told = await fitted.predict(table);
  expect(told.filter((_, i) => i % 4 === 1).every((p) => p === 0)).toBe(true);
  expect(fitted.manifest.notes).toEqual(["without training rows, never told: class b"]);
  await fitted.close();
});
