import { expect, it } from "vitest";
import { fitMlp, MlpTableConfig, mlpTablePart } from "./mlp.ts";
import { plantedRows, tabularContract } from "./tabularContract.ts";
import type { TabularData } from "./tabularModel.ts";

const quick = MlpTableConfig.parse({ hidden: [16], epochs: 40, learningRate: 0.01, batch: 32 });
tabularContract("mlp", () => mlpTablePart.create(quick));

/** Exclusive or of two signs: no linear model tells it. */
function exclusiveOr(rows: number, seed: number): TabularData {
  const { table } = plantedRows("values", rows, { seed });
  return {
    table,
    target: {
      kind: "classes",
      classes: ["same", "other"],
      y: Int32Array.from({ length: rows }, (_, i) =>
        table.values[i * 4]! > 0 === table.values[i * 4 + 1]! > 0 ? 0 : 1,
      ),
    },
  };
}

it("learns an exclusive or and stops early on the validation rows", async () => {
  const config = { ...quick, epochs: 200, patience: 8 };
  const test = exclusiveOr(200, 3);
  const epochs: number[] = [];
  const fitted = await fitMlp(config, exclusiveOr(500, 1), exclusiveOr(150, 2), {
    seed: 5,
    onUpdate: ({ validationLoss }) => {
      if (validationLoss !== null) epochs.push(validationLoss);
    },
  });
  const told = await fitted.predict(test.table);
  const hits = test.target.y.filter((c, i) => told[i * 2 + c]! > 0.5).length;
  expect(hits).toBeGreaterThan(180);
  const best = epochs.indexOf(Math.min(...epochs)) + 1;
  expect(fitted.manifest.notes.at(-1)).toBe(`epoch ${best} of ${epochs.length} kept`);
  await fitted.close();
});

it("reads that a value is missing as a sign of its own", async () => {
  const { table } = plantedRows("values", 300, { seed: 4 });
  const y = Int32Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 1 : 0));
  for (let i = 0; i < 300; i += 3) table.values[i * 4 + 2] = Number.NaN;
  const fitted = await fitMlp(
    quick,
    { table, target: { kind: "classes", classes: ["a", "b"], y } },
    undefined,
    {
      seed: 1,
    },
  );
  const told = await fitted.predict(table);
  expect(y.filter((c, i) => told[i * 2 + c]! > 0.5).length).toBeGreaterThan(295);
  expect(fitted.manifest.notes).toContain("with an indicator of missing values: gap");
  await fitted.close();
});
