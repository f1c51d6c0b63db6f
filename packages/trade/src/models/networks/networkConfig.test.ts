import { describe, expect, test } from "vitest";
import { NetworkConfig } from "./index.ts";

describe("a configuration that does not fit is refused by the field", () => {
  const heads = (n: number, width: number) => `${n} heads do not divide a width of ${width}`;
  test.each<[config: object, path: (string | number)[], message: string | RegExp]>([
    [{ kind: "hybrid", xlstm: { heads: 5 } }, ["xlstm", "heads"], heads(5, 512)],
    [{ kind: "hybrid", transformer: { width: 250 } }, ["transformer", "heads"], heads(8, 250)],
    [{ kind: "hybrid", fusion: { heads: 7 } }, ["fusion", "heads"], heads(7, 256)],
    [{ kind: "simplexLstm", xlstm: { width: 10 } }, ["xlstm", "heads"], heads(4, 10)],
    [{ kind: "efficientHybrid", transformer: { heads: 3 } }, ["transformer", "heads"], heads(3, 256)],
    [{ kind: "taskEnsemble", direction: { heads: 9 } }, ["direction", "heads"], heads(9, 384)],
    [{ kind: "taskEnsemble", price: { heads: 9 } }, ["price", "heads"], heads(9, 256)],
    [{ kind: "simplexLstm", xlstm: { blocks: ["lstm"] } }, ["xlstm", "blocks", 0], /slstm.*mlstm/],
    [{ kind: "simplexLstm", xlstm: { blocks: [] } }, ["xlstm", "blocks"], /./],
    [{ kind: "simplexLstm", xlstm: { expansion: { mlstm: 0 } } }, ["xlstm", "expansion", "mlstm"], />0/],
    [{ kind: "hybrid", positionState: { columns: 0 } }, ["positionState", "columns"], />=1/],
    [{ kind: "taskEnsemble", risk: { kernel: 1 } }, ["risk", "kernel"], />=2/],
    [{ kind: "patternNet", blocks: 0 }, ["blocks"], />=1/],
    [{ kind: "timeframeLstm", layers: 1.5 }, ["layers"], /int/],
    [{ kind: "timeframeLstm", window: 1 }, ["window"], />=2/],
    [{ kind: "mlp", hidden: [] }, ["hidden"], /./],
    [{ kind: "mlp", dropout: 1 }, ["dropout"], /<=0.9/],
  ])("%j", (config, path, message) => {
    const issue = NetworkConfig.safeParse(config).error?.issues[0];
    expect(issue?.path).toEqual(path);
    expect(issue?.message).toMatch(message);
  });

  test("a key that no network of the kind has, and a kind that there is not", () => {
    const unknown = NetworkConfig.safeParse({ kind: "mlp", heads: 3 }).error?.issues[0];
    expect(unknown).toMatchObject({ code: "unrecognized_keys", keys: ["heads"] });
    const kind = NetworkConfig.safeParse({ kind: "perceptron" }).error?.issues[0];
    expect(kind).toMatchObject({ path: ["kind"] });
  });
});

test("what is left out has the design's size, inside of what is given, too", () => {
  expect(NetworkConfig.parse({ kind: "hybrid", xlstm: { expansion: { slstm: 2 } } })).toEqual({
    kind: "hybrid",
    window: 60,
    xlstm: {
      width: 512,
      heads: 4,
      blocks: ["slstm", "mlstm", "slstm", "mlstm", "slstm", "mlstm"],
      expansion: { slstm: 2, mlstm: 3 },
    },
    transformer: { width: 256, heads: 8, blocks: 3, feedForward: 1024 },
    fusion: { width: 256, heads: 8 },
    dropout: 0.2,
  });
});
