import { createTrainingProgram, crossEntropy, evaluateSource, mul, reshape } from "@orion/grad";
import { expect, test } from "vitest";
import { classificationReport } from "../evaluation/index.ts";
import { classParts, classScores } from "./classScores.ts";

test("over batches of any size they are the scores of the whole: those of the classification report", async () => {
  const truth = [0, 1, 1, 2, 1, 0, 1];
  const said = [0, 1, 0, 1, 1, 1, 1];
  const program = await createTrainingProgram({
    network: (g, x) => ({
      logits: mul(
        g,
        reshape(g, x, ["rest", 3]),
        g.parameter("one", [1], { init: { kind: "ones" }, decay: false }),
      ),
    }),
    input: { time: 1, features: 3 },
    targets: { class: { shape: [], dtype: "int32" } },
    loss: (g, outputs, targets) => ({
      loss: crossEntropy(g, outputs.logits!, targets.class!),
      metrics: classParts(g, outputs.logits!, targets.class!, "head."),
    }),
    optimizer: { learningRate: 1, weightDecay: 0 },
    clipNorm: 1,
    batch: 3,
    seed: 1,
    threads: 1,
  });
  const { metrics } = await evaluateSource(program, {
    rows: truth.length,
    gather: (rows, into) =>
      rows.forEach((row, i) => {
        into.x.set(
          [0, 1, 2].map((c) => (c === said[row] ? 1 : 0)),
          3 * i,
        );
        into.targets.class![i] = truth[row]!;
      }),
  });
  await program.close();
  // recalls 1/2, 3/4, 0; F1 2/(2+2), 6/(4+5), 0
  expect(classScores(metrics, "head.")).toEqual({
    balancedAccuracy: expect.closeTo((1 / 2 + 3 / 4) / 3, 6),
    macroF1: expect.closeTo((1 / 2 + 2 / 3) / 3, 6),
  });
  const report = classificationReport({
    actual: Float32Array.from(truth),
    probabilities: Float32Array.from(said.flatMap((c) => [0, 1, 2].map((k) => (k === c ? 1 : 0)))),
    classNames: ["BUY", "HOLD", "SELL"],
  });
  expect(report.macroF1).toBeCloseTo(classScores(metrics, "head.")!.macroF1, 6);
  expect(classScores(metrics)).toBeNull();
});
