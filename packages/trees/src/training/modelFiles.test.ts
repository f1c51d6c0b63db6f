import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { TreesDataError } from "../errors.ts";
import { lightgbmEnsemble } from "../lightgbm/lightgbmEnsemble.ts";
import { openLightgbm } from "../lightgbm/openLightgbm.ts";
import { readSvmModel, writeSvmModel } from "../svm/svmModel.ts";
import { trainSvmInProcess } from "../svm/trainSvmInProcess.ts";
import { plantedSets } from "../testing/plantedSets.ts";
import { openXgboost } from "../xgboost/openXgboost.ts";
import { xgboostEnsemble } from "../xgboost/xgboostEnsemble.ts";
import { trainInThread } from "./trainInThread.ts";

const readers = { xgboost: xgboostEnsemble, lightgbm: lightgbmEnsemble, svm: readSvmModel };
const files = new Map<keyof typeof readers, Uint8Array>();

beforeAll(async () => {
  const sets = plantedSets("classes", { rows: 80 });
  files.set("xgboost", (await trainInThread("xgboost", { rounds: 3 }, sets)).bytes);
  files.set("lightgbm", (await trainInThread("lightgbm", { rounds: 3 }, sets)).bytes);
  files.set("svm", (await trainSvmInProcess({}, sets)).bytes);
});

const kinds = ["xgboost", "lightgbm", "svm"] as const;

it.each(kinds)("a model of %s that is cut short anywhere is refused in one line", (kind) => {
  const bytes = files.get(kind)!;
  readers[kind](bytes);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 2 }), (length) => {
      try {
        readers[kind](bytes.subarray(0, length));
      } catch (thrown) {
        return thrown instanceof TreesDataError && !thrown.message.includes("\n");
      }
      return false;
    }),
  );
});

it.each(kinds)("a model of %s is not taken for another library's", (kind) => {
  for (const other of kinds)
    if (other !== kind) expect(() => readers[kind](files.get(other)!)).toThrow(/is not one of/);
});

const changed = (kind: keyof typeof readers, from: string | RegExp, to: string): Uint8Array =>
  new TextEncoder().encode(new TextDecoder().decode(files.get(kind)).replace(from, to));

it("refuses trees that point outside themselves before the library reads them", () => {
  expect(() => openLightgbm(changed("lightgbm", /left_child=\S+/, "left_child=999999"))).toThrow(/damaged/);
  expect(() => openLightgbm(changed("lightgbm", /split_feature=\S+/, "split_feature=77"))).toThrow(/damaged/);
  expect(() => openLightgbm(changed("lightgbm", "num_cat=0", "num_cat=1"))).toThrow(/categories/);
  expect(() => openXgboost(changed("xgboost", /"left_children":\[\d+/, '"left_children":[99999'))).toThrow(
    /damaged/,
  );
});

it("refuses formats, objectives and versions that it does not know, by name", () => {
  expect(() => lightgbmEnsemble(changed("lightgbm", "version=v4", "version=v9"))).toThrow(/format v9/);
  expect(() => lightgbmEnsemble(changed("lightgbm", "objective=multiclass", "objective=poisson"))).toThrow(
    /poisson/,
  );
  expect(() => xgboostEnsemble(changed("xgboost", "multi:softprob", "rank:pairwise"))).toThrow(
    /rank:pairwise/,
  );
  expect(() => openXgboost(changed("xgboost", /"version":\[\d+/, '"version":[99'))).toThrow(
    /written by XGBoost 99/,
  );
  expect(() => readSvmModel(changed("svm", "kernel_type rbf", "kernel_type linear"))).toThrow(
    /kernel linear/,
  );
});

it("reads where the classes start from as XGBoost 3.1 and later write it", () => {
  // what XGBoost 3.3.0 wrote of 200 rows of three classes
  const written = '"base_score":"[7.247504E-1,-2.2572911E-1,-4.9902117E-1]"';
  const { base } = xgboostEnsemble(changed("xgboost", /"base_score":"[^"]*"/, written));
  expect(base).toEqual([0.7247504, -0.22572911, -0.49902117].map(Math.fround));
  expect(xgboostEnsemble(changed("xgboost", /"base_score":"[^"]*"/, '"base_score":"[5E-1]"')).base).toEqual([
    0.5, 0.5, 0.5,
  ]);
  expect(() =>
    xgboostEnsemble(changed("xgboost", /"base_score":"[^"]*"/, '"base_score":"[1E-1,2E-1]"')),
  ).toThrow(/damaged/);
});

it("writes the svm as it was read", () => {
  const bytes = files.get("svm")!;
  expect(writeSvmModel(readSvmModel(bytes))).toEqual(bytes);
});
