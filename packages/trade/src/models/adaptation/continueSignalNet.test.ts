import { readParameters } from "@orion/grad";
import { beforeAll, expect, test } from "vitest";
import { sha256 } from "../../core/hash.ts";
import { plantedSignal, rowsBetween, tinyOptions } from "../ensemble/testing/plantedSignal.ts";
import { fitSignalNet, type SignalNetFit } from "../signalNet/fitSignalNet.ts";
import { SignalNet } from "../signalNet/signalNet.ts";
import { TrainingConfig } from "../signalNet/signalNetConfig.ts";
import { comparePaired } from "./comparePaired.ts";
import {
  type ContinueOptions,
  continuedBalance,
  continueSignalNet,
  type StoredNet,
} from "./continueSignalNet.ts";

// the rule turns round at row 1200: what was BUY is SELL from then on
const before = plantedSignal(1200);
const after = plantedSignal(1200, { seed: 22, sign: -1 });
const join = (a: Float32Array, b: Float32Array) => Float32Array.from([...a, ...b]);
const data = {
  features: {
    names: before.features.names,
    columns: before.features.columns.map((c, i) => join(c, after.features.columns[i]!)),
    closeTime: Float64Array.from({ length: 2400 }, (_, i) => i),
  },
  classes: join(before.classes, after.classes),
  returns: join(before.returns, after.returns),
  fresh: rowsBetween(1210, 2100),
  old: before.train,
};
const newest = rowsBetween(2110, 2400);
const training = TrainingConfig.parse({ ...tinyOptions.training, learningRate: 0.05 });
const options: ContinueOptions = { training, epochs: 3, replay: 0.3, metadata: { is: "continued" }, seed: 1 };
let fitted: SignalNetFit;

beforeAll(async () => {
  fitted = await fitSignalNet({ ...tinyOptions, training: { ...tinyOptions.training, epochs: 4 } }, before, {
    seed: 3,
  });
});

async function forecast({ onnx, manifest }: StoredNet, rows: Int32Array) {
  const net = await SignalNet.open(onnx, manifest);
  return net.predict(data.features, rows).finally(() => net.close());
}
const compare = async (newer: StoredNet, rows: Int32Array) =>
  comparePaired(
    Float32Array.from(rows, (r) => data.classes[r]!),
    await forecast(fitted, rows),
    await forecast(newer, rows),
    { overlap: 1, seed: 1 },
  );

test("after the market has turned round, going on beats the old weights on rows that neither has seen", async () => {
  const newer = await continueSignalNet(fitted, data, options);
  const { difference, interval, n, blockRows } = await compare(newer, newest);
  expect({ n, blockRows }).toEqual({ n: 290, blockRows: 7 });
  expect(difference).toBeLessThan(-0.1);
  expect(interval![1]).toBeLessThan(0);
  expect(newer.manifest).toEqual(fitted.manifest);
  expect(readParameters(newer.onnx).size).toBe(readParameters(fitted.onnx).size);
  // 0.3 of the mixture is old: 3 old windows for 7 new ones
  expect(newer.windows.replayed / (newer.windows.replayed + newer.windows.fresh)).toBeCloseTo(0.3, 2);
});

test("replayed windows keep what was known: the old rows are forgotten less than without them", async () => {
  const kept = await continueSignalNet(fitted, data, { ...options, replay: 0.7 });
  const forgot = await continueSignalNet(fitted, data, { ...options, replay: 0 });
  expect(forgot.windows.replayed).toBe(0);
  const rows = before.validation;
  const loss = async (net: StoredNet) => (await compare(net, rows)).newLoss;
  expect(await loss(kept)).toBeLessThan((await loss(forgot)) - 0.05);
});

test("equal seeds give equal bytes, another seed others; it stops between steps", async () => {
  const short = { ...options, epochs: 1 };
  const hashes = [];
  for (const seed of [1, 1, 2])
    hashes.push(sha256((await continueSignalNet(fitted, data, { ...short, seed })).onnx));
  expect(hashes[1]).toBe(hashes[0]);
  expect(hashes[2]).not.toBe(hashes[0]);
  const stop = new AbortController();
  const stopped = continueSignalNet(fitted, data, {
    ...short,
    signal: stop.signal,
    onUpdate: (u) => u.step === 3 && stop.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  await expect(continueSignalNet(fitted, { ...data, fresh: new Int32Array() }, short)).rejects.toThrow(
    /no new windows/,
  );
});

test("a row weighs in the loss what it weighed in the model's own training, by hand", () => {
  // training: BUY 50 of 1,000, weight 8; HOLD 900 thinned to 90, weight 0.5; SELL 50, weight 8, so that a market's row weighed
  // 8, 0.05, 8. Here every second BUY is kept and every tenth HOLD
  const { lossWeights, posteriorWeights, representedRows } = continuedBalance(
    { classWeights: [8, 0.05, 8], baseRates: [0.05, 0.9, 0.05] },
    { thinning: [2, 10, 1], kept: [3, 6, 1] },
  );
  // 16, 0.5, 8 over their mean, (3·16 + 6·0.5 + 8) / 10 = 5.9; and 2, 10, 1 over (6 + 60 + 1) / 10 = 6.7
  [16, 0.5, 8].forEach((w, c) => {
    expect(lossWeights[c]!).toBeCloseTo(w / 5.9, 12);
  });
  [2, 10, 1].forEach((w, c) => {
    expect(representedRows[c]!).toBeCloseTo(w / 6.7, 12);
  });
  expect(posteriorWeights).toEqual([8, 0.05, 8]);
});

test("the comparison of forecasts [0.5, 0.5] and [0.25, 1]: mean of ln, by hand; an interval needs 8 blocks", () => {
  const of = (buy: number[]) => {
    const p = Float32Array.from(buy);
    return { buy: p, hold: p.map((v) => 1 - v), sell: p.map(() => 0), return: p };
  };
  const found = comparePaired(new Float32Array(2), of([0.5, 0.5]), of([0.25, 1]), { overlap: 1, seed: 1 });
  expect(found).toMatchObject({ n: 2, interval: null });
  expect(found.oldLoss).toBeCloseTo(Math.log(2), 12);
  expect(found.newLoss).toBeCloseTo(Math.log(2), 12);
  expect(found.difference).toBeCloseTo(0, 12);
  // always a quarter more sure of what happens: no draw can say otherwise
  const many = (p: number) => of(new Array<number>(100).fill(p));
  const sure = comparePaired(new Float32Array(100), many(0.5), many(0.625), { overlap: 1, seed: 1 });
  expect(sure.interval![0]).toBeCloseTo(-Math.log(1.25), 6);
  expect(sure.interval![1]).toBeCloseTo(-Math.log(1.25), 6);
});
