import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const built = fileURLToPath(new URL("../../dist/index.js", import.meta.url));

/** A process of its own: a library that is loaded once stays. */
async function findings(
  environment: Record<string, string>,
): Promise<{ name: string; found: string; mend: string; works: boolean }[]> {
  const script = `import(${JSON.stringify(built)}).then((t) => console.log(JSON.stringify(t.findLibraries())))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
    env: { ...process.env, ...environment },
  });
  return JSON.parse(stdout);
}

it("finds the three libraries and their versions", async () => {
  const found = await findings({});
  expect(found.map(({ works }) => works)).toEqual([true, true, true]);
  expect(found[0]!.found).toMatch(/^\d+\.\d+\.\d+, /);
  expect(found[2]!.found).toMatch(/^3\.\d+, /);
});

it("says where libsvm-js stands in for libsvm, and how to have the real one", async () => {
  const { works, found, mend } = (await findings({ ORION_LIBSVM: "libsvm-js" }))[2]!;
  expect({ works, found }).toEqual({ works: true, found: "3.22, libsvm-js 0.2.1" });
  expect(mend).toMatch(/libsvm3|brew install libsvm/);
});

it("names what to do where a library is missing, is no library, or is another one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "orion-libraries-"));
  const text = join(folder, "text.so");
  await writeFile(text, "this is no library");
  const [, xgboost] = [null, (await findings({}))[0]!.found.split(", ")[1]!];
  const [first, second, third] = await findings({
    ORION_XGBOOST: join(folder, "none.so"),
    ORION_LIGHTGBM: xgboost,
    ORION_LIBSVM: text,
  });
  await rm(folder, { recursive: true });
  expect(first!.works).toBe(false);
  expect(first!.found).toMatch(/XGBoost cannot be loaded from ORION_XGBOOST=/);
  expect(second!.found).toMatch(/is not the LightGBM 4 that Orion knows/);
  expect(third!.found).toMatch(/libsvm cannot be loaded from ORION_LIBSVM/);
  expect([first, second, third].map((f) => f!.mend)).toEqual([
    expect.stringMatching(/libxgboost[03]|brew install xgboost/),
    "./orion doctor --build",
    expect.stringMatching(/libsvm3|brew install libsvm/),
  ]);
});
