import { describe, expect, it } from "vitest";
import { PurgedKFoldConfig, purgedKFold } from "../validation/purgedKFold.ts";
import { ablation } from "./ablation.ts";
import { fitStack, StackConfig } from "./fitStack.ts";
import { LinearConfig, linearPart } from "./linear.ts";
import { LogisticConfig, logisticPart } from "./logistic.ts";
import { MlpTableConfig, mlpTablePart } from "./mlp.ts";
import { naivePart } from "./naive.ts";
import { agreementText, openStack } from "./openStack.ts";
import { plantedRows } from "./tabularContract.ts";
import type { TabularModel } from "./tabularModel.ts";
import { VoteConfig, votePart, votesOf } from "./vote.ts";

const ROWS = 240;
const spans = {
  time: Float64Array.from({ length: ROWS }, (_, t) => t),
  knownAt: Float64Array.from({ length: ROWS }, (_, t) => t + 2),
};
const config = (given: object = {}) => StackConfig.parse({ folds: 4, ...given });
const logistic = logisticPart.create(LogisticConfig.parse({}));
const mlp = mlpTablePart.create(MlpTableConfig.parse({ hidden: [8], epochs: 10, learningRate: 0.01 }));
const bases = [
  { name: "logistic", model: logistic },
  { name: "mlp", model: mlp },
  { name: "naive", model: naivePart.create({}) },
];
const context = { seed: 3 };

describe("fitStack", () => {
  it("saves and opens bit for bit, calibrated, with votes", async () => {
    const data = plantedRows("classes", ROWS, { missing: true });
    const meta = logisticPart.create(LogisticConfig.parse({}));
    const given = config({ calibration: { method: "temperature" } });
    const { stack } = await fitStack(bases, meta, given, data, spans, undefined, context);
    const votes = await stack.votes(data.table);
    const opened = await openStack(stack.files(), JSON.parse(JSON.stringify(stack.manifest)));
    expect(await opened.predict(data.table)).toEqual(votes.answer);
    expect(Object.keys(stack.files())).toEqual(["logistic", "mlp", "naive", "meta"]);
    for (let i = 0; i < ROWS; i++) {
      const row = votes.answer.subarray(i * 3, i * 3 + 3);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      const best = row.indexOf(Math.max(...row));
      expect(votes.decision[i]).toBe(best);
      const same = votes.members.filter((own) => {
        const mine = own.subarray(i * 3, i * 3 + 3);
        return mine.indexOf(Math.max(...mine)) === best;
      });
      expect(votes.agreeing[i]).toBe(same.length);
    }
    expect(agreementText(votes.agreeing[0]!, 3, stack.outputs[votes.decision[0]!]!)).toMatch(
      /^[0-3] of 3 say (SELL|HOLD|BUY)$/,
    );
    const { mlp: _, ...lacking } = stack.files();
    await expect(openStack(lacking, stack.manifest)).rejects.toThrow(/file of 'mlp' is missing/);
    await Promise.all([stack.close(), opened.close()]);
  });

  it("fits the meta-learner on predictions of rows that the bases have not seen", async () => {
    // a base that knows its training labels by heart and nothing of others: out of fold it is worth nothing
    const data = plantedRows("classes", ROWS, { classes: 2 });
    const naive = naivePart.create({});
    const parrot: TabularModel = {
      ...naive,
      fit: async (train, validation, ctx) => {
        const fitted = await naive.fit(train, validation, ctx);
        const known = new Map<string, number>();
        for (let i = 0; i < train.table.rows; i++)
          known.set(train.table.values.subarray(i * 4, i * 4 + 4).join(), train.target.y[i]!);
        return {
          ...fitted,
          predict: async (table) => {
            const told = await fitted.predict(table);
            for (let i = 0; i < table.rows; i++) {
              const c = known.get(table.values.subarray(i * 4, i * 4 + 4).join());
              if (c !== undefined) told.set(c === 0 ? [1, 0] : [0, 1], i * 2);
            }
            return told;
          },
        };
      },
    };
    const two = [bases[0]!, { name: "parrot", model: parrot }];
    const vote = votePart.create(VoteConfig.parse({}));
    const { stack } = await fitStack(two, vote, config(), data, spans, undefined, context);
    // in training the parrot is perfect; its vote is that of an empty head
    expect(votesOf(stack.meta.onnx)[1]).toBeLessThan(0.05);
    await stack.close();
  });

  it("is the same for the same seed, and stacks values", async () => {
    const data = plantedRows("values", ROWS);
    const linear = { name: "linear", model: linearPart.create(LinearConfig.parse({})) };
    const fit = () =>
      fitStack(
        [linear, bases[2]!],
        votePart.create(VoteConfig.parse({})),
        config(),
        data,
        spans,
        undefined,
        context,
      );
    const [a, b] = [await fit(), await fit()];
    expect(b.stack.files()).toEqual(a.stack.files());
    expect(b.stack.manifest).toEqual(a.stack.manifest);
    expect(votesOf(a.stack.meta.onnx)[0]).toBeGreaterThan(0.9);
    await Promise.all([a.stack.close(), b.stack.close()]);
  });

  it("shows what each base is worth on rows outside of training", async () => {
    const data = plantedRows("classes", ROWS, { seed: 1 });
    const test = plantedRows("classes", 200, { seed: 2 });
    const meta = votePart.create(VoteConfig.parse({}));
    const given = config({ calibration: { method: "platt" } });
    const two = [bases[0]!, bases[2]!];
    const fit = await fitStack(two, meta, given, data, spans, undefined, context);
    const folds = purgedKFold(spans, PurgedKFoldConfig.parse({ folds: 4 }));
    const lines = await ablation(fit, meta, data, test, { block: 3, folds }, context);
    expect(lines.map(({ what }) => what)).toEqual([
      "stack",
      "without logistic",
      "without naive",
      "logistic alone",
      "naive alone",
      "naive",
    ]);
    const of = (what: string) => lines.find((line) => line.what === what)!;
    expect(of("stack").worse).toBe(0);
    // without the one base that learns anything the stack is clearly worse
    expect(of("without logistic").worseInterval!.low).toBeGreaterThan(0.05);
    expect(of("naive").loss).toBeCloseTo(of("naive alone").loss, 5);
    expect(of("stack").accuracy!).toBeGreaterThan(of("naive").accuracy!);
    await fit.stack.close();
  });

  it("refuses bases without names of their own, in one line, and stops", async () => {
    const data = plantedRows("classes", ROWS);
    const meta = votePart.create(VoteConfig.parse({}));
    const fit = (names: string[]) =>
      fitStack(
        names.map((name) => ({ name, model: logistic })),
        meta,
        config(),
        data,
        spans,
        undefined,
        context,
      );
    await expect(fit(["a", "a"])).rejects.toThrow(/cannot be named 'a'/);
    await expect(fit(["../a"])).rejects.toThrow(/cannot be named/);
    await expect(fit([])).rejects.toThrow(/no base models/);
    const short = { time: spans.time.slice(1), knownAt: spans.knownAt.slice(1) };
    await expect(fitStack(bases, meta, config(), data, short, undefined, context)).rejects.toThrow(
      /239 label spans/,
    );
    const controller = new AbortController();
    await expect(
      fitStack(bases, meta, config(), data, spans, undefined, {
        seed: 1,
        signal: controller.signal,
        onUpdate: () => controller.abort(),
      }),
    ).rejects.toThrow(/abort/i);
  });
});
