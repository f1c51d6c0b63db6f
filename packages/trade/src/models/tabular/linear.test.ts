import { readParameters } from "@orion/grad";
import { expect, it } from "vitest";
import { fitLinear, LinearConfig, linearPart } from "./linear.ts";
import { tabularContract } from "./tabularContract.ts";
import { longley } from "./testing/longley.ts";

tabularContract("linear", () => linearPart.create(LinearConfig.parse({})), { stoppable: false });

const context = { seed: 1 };
const coefficients = (onnx: Uint8Array): number[] => [...readParameters(onnx).get("linear.weight")!.values];

it("meets NIST's certified least squares on Longley's nearly dependent columns", async () => {
  const fitted = await fitLinear(LinearConfig.parse({ lambda: 0 }), longley, undefined, context);
  const perScale = readParameters(fitted.onnx).get("inputs.perScale")!.values;
  const slopes = coefficients(fitted.onnx).map((w, f) => w * perScale[f]!);
  // NIST StRD Longley: B1 to B6 (the columns there are the same; here they are read in 32 bits)
  const certified = [
    15.0618722713733, -0.035819179292591, -2.02022980381683, -1.03322686717359, -0.0511041056535807,
    1829.15146461355,
  ];
  certified.forEach((b, f) => {
    expect(Math.abs(slopes[f]! / b - 1)).toBeLessThan(2e-5);
  });
  await fitted.close();
});

// scikit-learn 1.9.1 on standardised columns: Ridge(alpha=0.01 * 16), ElasticNet(alpha=100, l1_ratio=0.5, tol=1e-14)
it("meets scikit-learn's ridge and elastic net", async () => {
  const expected = [
    {
      config: { lambda: 0.01 },
      w: [
        763.029319902635, 1150.7677497381942, -1024.5173276316036, -409.114722317389, 306.1566228185005,
        1933.0572999549313,
      ],
    },
    {
      config: { lambda: 100, l1Ratio: 0.5 },
      w: [
        59.673676136262735, 60.534874958153196, 29.60074245917613, 27.63044337666329, 58.97300883270562,
        59.67913358254026,
      ],
    },
  ];
  for (const { config, w } of expected) {
    const fitted = await fitLinear(LinearConfig.parse(config), longley, undefined, context);
    coefficients(fitted.onnx).forEach((found, f) => {
      expect(Math.abs(found / w[f]! - 1)).toBeLessThan(1e-5);
    });
    expect(readParameters(fitted.onnx).get("linear.bias")!.values[0]).toBe(65317);
    await fitted.close();
  }
});

it("shrinks a lone column by hand, and to 0 when the penalty is larger than its covariance", async () => {
  // x = -1, 1 (already standardised), y = -3, 5: covariance 4, level 1. Lasso: 4 - lambda; ridge: 4 / (1 + lambda)
  const data = {
    table: { names: ["x"], rows: 2, values: Float32Array.of(-1, 1) },
    target: { kind: "values" as const, y: Float64Array.of(-3, 5) },
  };
  for (const [config, w] of [
    [{ lambda: 1, l1Ratio: 1 }, 3],
    [{ lambda: 3, l1Ratio: 0 }, 1],
    [{ lambda: 2, l1Ratio: 0.5 }, 1.5],
    [{ lambda: 5, l1Ratio: 1 }, 0],
  ] as const) {
    const fitted = await fitLinear(LinearConfig.parse(config), data, undefined, context);
    expect(coefficients(fitted.onnx)[0]).toBeCloseTo(w, 6);
    expect([...(await fitted.predict(data.table))].map((v) => Math.round(v * 1e5) / 1e5)).toEqual([
      1 - w,
      1 + w,
    ]);
    await fitted.close();
  }
});

it("shares the coefficient of two equal columns and says that they are", async () => {
  const values = Float32Array.from([1, 2, 3, 4].flatMap((v) => [v, v]));
  const data = {
    table: { names: ["a", "b"], rows: 4, values },
    target: { kind: "values" as const, y: Float64Array.of(2, 4, 6, 8) },
  };
  const fitted = await fitLinear(LinearConfig.parse({ lambda: 0 }), data, undefined, context);
  const [a, b] = coefficients(fitted.onnx);
  expect(a).toBeCloseTo(b!, 5);
  expect(fitted.manifest.notes.join()).toMatch(/1 combinations of columns tell nothing/);
  (await fitted.predict(data.table)).forEach((v, i) => {
    expect(v).toBeCloseTo(2 * (i + 1), 5);
  });
  await fitted.close();
});
