import { expect, test } from "vitest";
import { featureParts } from "../features/index.ts";
import { randomBars } from "../features/randomBars.ts";
import { singlePanel } from "../market/bars.ts";
import { featureMatrix, gatherWindows } from "../models/sequence/featureMatrix.ts";
import { openShared, shareColumns } from "../store/index.ts";

test("of bars in shared memory a network is fed from ordinary memory, which alone ONNX Runtime takes", () => {
  const bars = randomBars(3, 1200);
  const [part] = featureParts;
  const feature = part.create(part.config.parse({}));
  const shared = openShared(shareColumns(bars));
  expect(shared.close.buffer).toBeInstanceOf(SharedArrayBuffer);
  const columns = feature.compute(singlePanel(shared));
  expect(columns).toEqual(feature.compute(singlePanel(bars)));
  const windows = new Float32Array(2 * 16 * columns.length);
  const matrix = featureMatrix(columns);
  gatherWindows(matrix, 16, Int32Array.of(1000, 1100), windows);
  for (const { buffer } of [...columns, matrix.values, windows]) expect(buffer).toBeInstanceOf(ArrayBuffer);
});
