import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { plantedRows } from "../tabular/tabularContract.ts";
import { LightgbmConfig, lightgbmPart } from "./lightgbm.ts";
import { SvmConfig, svmPart } from "./svm.ts";
import { XgboostConfig, xgboostPart } from "./xgboost.ts";

const built = fileURLToPath(new URL("../../../dist/models/index.js", import.meta.url));

/** Opens and predicts, and tries to train, in a process in which no library can be loaded. */
const script = `
  import { readFileSync } from "node:fs";
  const models = await import(${JSON.stringify(built)});
  const [file, kind] = process.argv.slice(1);
  const { onnx, manifest, table, target } = JSON.parse(readFileSync(file, "utf8"));
  const rows = { ...table, values: Float32Array.from(table.values, (v) => v ?? NaN) };
  const opened = await models.openFitted(Buffer.from(onnx, "base64"), manifest);
  const told = await opened.predict(rows);
  const part = { xgboost: models.xgboostPart, lightgbm: models.lightgbmPart, svm: models.svmPart }[kind];
  const data = { table: rows, target: { ...target, y: Int32Array.from(target.y) } };
  const failure = await part.create(part.config.parse({})).fit(data, undefined, { seed: 1 }).catch((e) => e);
  console.log(JSON.stringify({ told: [...told], message: failure.message, exitCode: failure.exitCode }));
  process.exit(0);
`;

it.each([
  ["xgboost", xgboostPart.create(XgboostConfig.parse({ rounds: 5 })), "XGBoost"],
  ["lightgbm", lightgbmPart.create(LightgbmConfig.parse({ rounds: 5 })), "LightGBM"],
  ["svm", svmPart.create(SvmConfig.parse({})), "libsvm"],
] as const)(
  "%s predicts where its library is missing, and training says which",
  async (kind, model, title) => {
    const data = plantedRows("classes", 80);
    const fitted = await model.fit(data, undefined, { seed: 1, threads: 1 });
    const folder = await mkdtemp(join(tmpdir(), "orion-serve-"));
    const file = join(folder, "model.json");
    await writeFile(
      file,
      JSON.stringify({
        onnx: Buffer.from(fitted.onnx).toString("base64"),
        manifest: fitted.manifest,
        table: { ...data.table, values: [...data.table.values] },
        target: { ...data.target, y: [...data.target.y] },
      }),
    );
    const none = join(folder, "none.so");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "-e", script, file, kind],
      {
        env: { ...process.env, ORION_XGBOOST: none, ORION_LIGHTGBM: none, ORION_LIBSVM: none },
      },
    );
    const answer = JSON.parse(stdout) as { told: number[]; message: string; exitCode: number };
    expect(Float32Array.from(answer.told)).toEqual(await fitted.predict(data.table));
    expect(answer.message).toContain(`${title} cannot be loaded`);
    expect(answer.message).not.toContain("\n");
    expect(answer.exitCode).toBe(2);
    await fitted.close();
    await rm(folder, { recursive: true });
  },
);
