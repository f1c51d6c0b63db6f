import { expect, test } from "vitest";
import type { Dataset } from "../model.ts";
import { SignalNet } from "../signalNet/signalNet.ts";
import { EnsembleConfig } from "./ensembleConfig.ts";
import { fitEnsemble } from "./fitEnsemble.ts";
import { plantedSignal, rowsBetween, tinyOptions } from "./testing/plantedSignal.ts";

const length = 1500;
/** Labels of BUY and SELL last one bar, those of HOLD eight: a bag holds fewer HOLD than the rows do. */
function bars(): Dataset {
  const data = plantedSignal(length);
  const knownAt = Float64Array.from({ length }, (_, t) =>
    Math.min(length - 1, t + (data.classes[t] === 1 ? 8 : 1)),
  );
  return { ...data, history: { knownAt } };
}
const data = bars();
const bagged: EnsembleConfig = { kind: "seeds", members: 2, bag: "sequential" };
const options = { ...tinyOptions, training: { ...tinyOptions.training, epochs: 6 } };
const context = { seed: 5, threads: 1 };

test("members of an ensemble learn from bags of their own, and say the market's own frequencies", async () => {
  const made = await fitEnsemble(bagged, options, data, context);
  expect(made.manifest.ensemble?.members.map((m) => m.seed)).toEqual([5, 6]);
  const plain = await fitEnsemble({ kind: "seeds", members: 2 }, options, data, context);
  expect(Buffer.from(made.onnx).equals(Buffer.from(plain.onnx))).toBe(false);
  // scaler, class weights and windows are those of all rows: the members share them
  expect({ ...made.manifest, ensemble: null }).toEqual({ ...plain.manifest, ensemble: null });
  expect(made.summary.windows).toBe(plain.summary.windows);
  const net = await SignalNet.open(made.onnx, made.manifest, 1);
  const rows = rowsBetween(10, length - 10);
  const said = await net.predict(data.features, rows);
  await net.close();
  const hold = rows.filter((row) => data.classes[row] === 1).length / rows.length;
  expect(Math.abs(said.hold.reduce((a, b) => a + b, 0) / rows.length - hold)).toBeLessThan(0.04);
});

test("an interrupted bagged ensemble goes on bit for bit", async () => {
  const short = { ...tinyOptions, training: { ...tinyOptions.training, epochs: 1 } };
  const whole = await fitEnsemble(bagged, short, data, context);
  const stop = new AbortController();
  let saved: Uint8Array | undefined;
  const checkpoint = {
    fingerprint: "bag",
    save: async (bytes: Uint8Array) => {
      saved = bytes;
    },
  };
  const stopped = fitEnsemble(bagged, short, data, {
    ...context,
    signal: stop.signal,
    onUpdate: (u) => u.step > 18 && stop.abort(),
    checkpoint,
  });
  await expect(stopped).rejects.toThrow();
  const resumed = await fitEnsemble(bagged, short, data, {
    ...context,
    checkpoint: { ...checkpoint, resume: saved! },
  });
  expect(Buffer.from(resumed.onnx).equals(Buffer.from(whole.onnx))).toBe(true);
});

test("bags are of seeds, drawn in sequence, from labels whose spans are known", async () => {
  const bag = (change: object) => EnsembleConfig.safeParse({ ...bagged, ...change }).success;
  expect([bag({}), bag({ bag: "plain" }), bag({ kind: "snapshots" })]).toEqual([true, false, false]);
  const { history: _history, ...without } = data;
  await expect(fitEnsemble(bagged, options, without, context)).rejects.toThrow(
    /^ensemble.bag: these data do not say when/,
  );
});
