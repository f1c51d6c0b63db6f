import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import type { ModelSummary } from "../wire/training.ts";
import { parseRecipe } from "./loadRecipe.ts";
import { showModel } from "./modelUse.ts";
import { type TinyWorkspace, tinyRecipe } from "./testing/tinyRecipe.ts";
import { tinyStocks } from "./testing/tinyStocks.ts";
import { trainRecipe } from "./trainRecipe.ts";

const meta = { kind: "reptile", innerSteps: 3, innerRate: 0.003, outerSteps: 6 };
let home: TinyWorkspace;
let plain: ModelSummary;

beforeAll(async () => {
  home = await tinyStocks();
  plain = await trainRecipe(home, { recipe: home.recipe, epochs: 1 });
  await writeFile(
    join(home.workspace, "meta.yaml"),
    stringify({ ...parse(await readFile(home.recipe, "utf8")), meta }),
  );
});
afterAll(() => home.dispose());

test("a recipe of many symbols seeks its first weights over them; interrupted in the training behind, it goes on bit for bit", async () => {
  const recipe = join(home.workspace, "meta.yaml");
  const stages: string[] = [];
  const whole = await trainRecipe(home, { recipe, epochs: 1 }, (s) => {
    if (s.stage !== undefined && s.stage !== null && stages.at(-1) !== s.stage) stages.push(s.stage);
  });
  const seeking = stages.indexOf("seeking first weights");
  expect(seeking).toBeGreaterThan(0);
  expect(stages.indexOf("training")).toBeGreaterThan(seeking);
  // the same recipe without it is another training with other weights, from the same untrained network
  expect(whole.sha256).not.toBe(plain.sha256);
  expect(whole.lossBefore).toBe(plain.lossBefore);
  const [a, b] = await Promise.all([whole.id, plain.id].map((id) => showModel(home.workspace, id)));
  expect(a!.trainKey).not.toBe(b!.trainKey);

  const twin = await tinyStocks();
  const stop = new AbortController();
  const stopped = trainRecipe({ ...twin, signal: stop.signal }, { recipe, epochs: 1 }, (s) => {
    if (s.stage === "training" && s.step === 4) stop.abort();
  });
  await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  const again: string[] = [];
  const resumed = await trainRecipe(twin, { recipe, epochs: 1, resume: true }, (s) =>
    again.push(s.stage ?? ""),
  );
  expect(again).not.toContain("seeking first weights");
  expect(resumed.sha256).toBe(whole.sha256);

  const early = new AbortController();
  const outer = trainRecipe({ ...twin, signal: early.signal }, { recipe, epochs: 1 }, (s) => {
    if (s.stage === "seeking first weights" && s.step === 2) early.abort();
  });
  await expect(outer).rejects.toMatchObject({ name: "AbortError" });
  await twin.dispose();
});

test("six heads go on from six heads of the same tasks; other tasks, context or kinds of forecast are refused", async () => {
  const child = await trainRecipe(home, {
    recipe: home.recipe,
    epochs: 1,
    fromModel: plain.id,
    freezeEncoder: true,
  });
  expect(child.parent).toMatchObject({ id: plain.id, how: "transfer", frozenEncoder: true });
  expect(child.lossBefore).toBeCloseTo(plain.lossAfter, 5);
  const recipe = parse(await readFile(home.recipe, "utf8"));
  const cases: [object, RegExp][] = [
    [{ ...recipe, label: { ...recipe.label, horizons: [1, 2, 3] } }, /its tasks are others/],
    [
      { ...recipe, universe: { ...recipe.universe, context: [...recipe.universe.context, "SHORT"] } },
      /its context symbols are others/,
    ],
    [{ ...recipe, meta }, /'meta' makes first weights of its own/],
  ];
  for (const [changed, message] of cases) {
    const file = join(home.workspace, "changed.yaml");
    await writeFile(file, stringify(changed));
    const refused = trainRecipe(home, { recipe: file, fromModel: plain.id });
    await expect(refused).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  }
});

test("a recipe of one symbol has nothing to seek over, and one of six heads no ensemble: the keys are not known there", async () => {
  const one = parse(await tinyRecipe());
  expect(() => parseRecipe(stringify({ ...one, meta }), "one.yaml")).toThrow(
    /one\.yaml:\d+: meta: this key is not known/,
  );
  const six = parse(await readFile(home.recipe, "utf8"));
  const ensemble = { kind: "seeds", members: 2 };
  expect(() => parseRecipe(stringify({ ...six, ensemble }), "six.yaml")).toThrow(
    /six\.yaml:\d+: ensemble: this key/,
  );
  for (const [wrong, place] of [
    [{ kind: "seeds", members: 0 }, "members"],
    [{ kind: "votes" }, "kind"],
  ] as const)
    expect(() => parseRecipe(stringify({ ...one, ensemble: wrong }), "one.yaml")).toThrow(
      new RegExp(`ensemble\\.${place}`),
    );
});
