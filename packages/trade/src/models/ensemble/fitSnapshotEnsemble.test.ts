import { expect, test } from "vitest";
import { sha256 } from "../../core/hash.ts";
import { fitSignalNet, type SignalNetOptions } from "../signalNet/fitSignalNet.ts";
import { SignalNet } from "../signalNet/signalNet.ts";
import { TrainingConfig } from "../signalNet/signalNetConfig.ts";
import { fitEnsemble } from "./fitEnsemble.ts";
import { plantedSignal, rowsBetween, tinyOptions } from "./testing/plantedSignal.ts";

const data = plantedSignal(600);
const restarts: SignalNetOptions = {
  ...tinyOptions,
  training: TrainingConfig.parse({
    ...tinyOptions.training,
    epochs: 3,
    warmupSteps: 0,
    schedule: { kind: "cosineRestarts", firstCycleEpochs: 1, factor: 1 },
  }),
};

test("the members are the weights at the ends of the last cycles; their mean is what the one file forecasts", async () => {
  const ensemble = await fitEnsemble({ kind: "snapshots", members: 2 }, restarts, data, { seed: 4 });
  const { snapshots } = await fitSignalNet({ ...restarts, keepSnapshots: true }, data, { seed: 4 });
  expect(snapshots!.map((s) => s.epoch)).toEqual([1, 2, 3]);
  expect(ensemble.manifest.ensemble).toEqual({
    kind: "snapshots",
    members: snapshots!.slice(1).map(({ epoch, validationLoss }) => ({ seed: 4, epoch, validationLoss })),
  });
  const rows = rowsBetween(50, 80);
  const predict = async (onnx: Uint8Array, manifest = ensemble.manifest) => {
    const net = await SignalNet.open(onnx, manifest);
    return net.predict(data.features, rows).finally(() => net.close());
  };
  const whole = await predict(ensemble.onnx);
  const [a, b] = [await predict(snapshots![1]!.onnx), await predict(snapshots![2]!.onnx)];
  for (const name of ["buy", "hold", "sell", "return"] as const)
    for (let i = 0; i < rows.length; i++) {
      expect(Math.abs(whole[name][i]! - (a[name][i]! + b[name][i]!) / 2)).toBeLessThan(1e-6);
      expect(Math.abs(whole.spread![name][i]! - Math.abs(a[name][i]! - b[name][i]!) / 2)).toBeLessThan(1e-6);
    }
});

test("stopped in the third cycle it goes on with the snapshots of the first two, to the same bytes", async () => {
  const options = { kind: "snapshots", members: 3 } as const;
  const whole = await fitEnsemble(options, restarts, data, { seed: 4 });
  const stop = new AbortController();
  let kept: Uint8Array | undefined;
  const checkpoint = {
    fingerprint: "f",
    save: async (bytes: Uint8Array) => {
      kept = bytes;
    },
  };
  const stopped = fitEnsemble(options, restarts, data, {
    seed: 4,
    signal: stop.signal,
    checkpoint,
    onUpdate: (u) => u.epoch === 3 && u.step % 5 === 0 && stop.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  const resumed = await fitEnsemble(options, restarts, data, {
    seed: 4,
    checkpoint: { ...checkpoint, resume: kept! },
  });
  expect(sha256(resumed.onnx)).toBe(sha256(whole.onnx));
});

test("without restarts, or with fewer cycles than members, it is refused in words of the recipe", async () => {
  const members = { kind: "snapshots", members: 4 } as const;
  await expect(fitEnsemble(members, tinyOptions, data, { seed: 4 })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/training\.schedule the kind cosineRestarts/),
  });
  await expect(fitEnsemble(members, restarts, data, { seed: 4 })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/4 snapshots are wanted and 3 cycles end in 3 epochs/),
  });
  // a rate that leads nowhere: no epoch is better than the first, and patience ends it in the second
  const hasty = { ...restarts, training: { ...restarts.training, epochs: 9, patience: 1, learningRate: 1 } };
  await expect(fitEnsemble(members, hasty, data, { seed: 4 })).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(
      /4 snapshots are wanted and \d cycles ended in \d epochs: it was stopped early/,
    ),
  });
});
