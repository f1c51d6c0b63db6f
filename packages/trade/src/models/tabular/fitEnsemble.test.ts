import { expect, it } from "vitest";
import { fitTabularEnsemble, TabularEnsembleConfig } from "./fitEnsemble.ts";
import { LogisticConfig, logisticPart } from "./logistic.ts";
import { MlpTableConfig, mlpTablePart } from "./mlp.ts";
import { openStack } from "./openStack.ts";
import { plantedRows } from "./tabularContract.ts";

const mlp = mlpTablePart.create(MlpTableConfig.parse({ hidden: [6], epochs: 5, learningRate: 0.01 }));
const config = (given: object) => TabularEnsembleConfig.parse({ members: 3, ...given });

it.each(["classes", "values"] as const)("tells the mean of members of other seeds, %s", async (kind) => {
  const data = plantedRows(kind, 120);
  const stack = await fitTabularEnsemble(mlp, config({}), data, undefined, { seed: 5 });
  const { answer, members } = await stack.votes(data.table);
  answer.forEach((v, i) => {
    expect(v).toBeCloseTo((members[0]![i]! + members[1]![i]! + members[2]![i]!) / 3, 5);
  });
  expect(members[0]).not.toEqual(members[1]);
  const again = await fitTabularEnsemble(mlp, config({}), data, undefined, { seed: 5 });
  expect(again.files()).toEqual(stack.files());
  const opened = await openStack(stack.files(), stack.manifest);
  expect(await opened.predict(data.table)).toEqual(answer);
  await Promise.all([stack.close(), again.close(), opened.close()]);
});

it("draws other rows for each member in bagging, in blocks, and never without a class", async () => {
  const data = plantedRows("classes", 40);
  if (data.target.kind === "classes")
    data.target.y.forEach((c, i, y) => {
      y[i] = i === 7 ? 2 : c === 2 ? 1 : c;
    });
  const logistic = logisticPart.create(LogisticConfig.parse({}));
  const stack = await fitTabularEnsemble(logistic, config({ by: "bagging", blockRows: 3 }), data, undefined, {
    seed: 2,
  });
  const { members } = await stack.votes(data.table);
  expect(members[0]).not.toEqual(members[1]);
  for (const member of stack.members)
    expect(member.manifest.notes.join()).not.toMatch(/without training rows/);
  await stack.close();
});
