import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orion } from "../testing/commandLine.ts";

const demGbp = fileURLToPath(
  new URL("../../../../packages/trade/src/models/statistics/testing/dem2gbp.csv", import.meta.url),
);
let folder: string;
const file = (name: string): string => join(folder, name);
const run = (...args: string[]) => orion(["stats", ...args]);

/** stefan-jansen/empyrical-reloaded, tests/test_stats.py (Apache-2.0): mixed_returns without its first, missing row. */
const mixed = [0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-stats-"));
  const pairs = Array.from({ length: 200 }, (_, i) => {
    const [a, b] = [Math.sin(i * 12.9898) * 43758.5453, Math.sin(i * 78.233) * 12543.123];
    const u = a - Math.floor(a);
    return { u, v: 0.5 * u + 0.5 * (b - Math.floor(b)) };
  });
  await writeFile(
    file("pairs.csv.gz"),
    gzipSync(
      `date_time,A,B,C\n${pairs.map(({ u, v }, i) => `${new Date(i * 86_400_000).toISOString()},${u},${v},${2 * u}`).join("\n")}\n`,
    ),
  );
  await writeFile(file("mixed.csv"), `r\n${mixed.join("\n")}\n`);
  await writeFile(
    file("equity.csv"),
    "date,equity\n2024-01-02,100\n2024-01-03,110\n2024-01-04,99\n2024-01-05,108.9\n",
  );
  await writeFile(
    file("text.csv"),
    `a,b\n${Array.from({ length: 120 }, (_, i) => (i === 41 ? "n/a,1" : `${i % 7},${i}`)).join("\n")}\n`,
  );
  await writeFile(file("holes.csv"), "a,b\n1,2\n,3\n");
  await writeFile(file("flat.csv"), `a\n${"0.01\n".repeat(150)}`);
  await writeFile(file("empty.csv"), "");
  const closes = [100, 101, 100, 107, 98, 98];
  const bars = [
    "ts,open,high,low,close",
    ...closes.map((c, i) => `${(i + 1) * 300_000},${c},${c},${c},${c}`),
  ];
  await writeFile(file("bars.csv"), bars.join("\n"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("orion stats", () => {
  it("garch: the benchmark's estimates, errors and likelihood in one document", async () => {
    const ended = await run("garch", "--in", demGbp, "--column", "DEM2GBP", "--json");
    expect(ended, ended.stderr.join()).toMatchObject({ code: 0, stderr: [] });
    const found = JSON.parse(ended.stdout);
    // Fiorentini, Calzolari and Panattoni (1996)
    expect(found.params.omega).toBeCloseTo(0.0107613, 6);
    expect(found.stdErrors.beta1).toBeCloseTo(0.0335527, 6);
    expect(found.logLikelihood).toBeCloseTo(-1106.6079, 4);
    expect(found.forecast.variance).toHaveLength(5);
    expect(found.risk.map((r: { level: number }) => r.level)).toEqual([0.95, 0.99]);
    expect(found).toMatchObject({ converged: true, aic: expect.any(Number), bic: expect.any(Number) });
  });

  it("garch: a fit that does not converge gives no estimates, and says so first", async () => {
    const args = ["garch", "--in", demGbp, "--dist", "t"];
    const found = JSON.parse((await run(...args, "--json")).stdout);
    expect(found.converged).toBe(false);
    expect(new Set(Object.values(found.params))).toEqual(new Set([null]));
    expect(found).toMatchObject({ logLikelihood: null, risk: null, forecast: { method: "ewma" } });
    expect((await run(...args)).stdout).toMatch(/NOT CONVERGED, no estimates: persistence/);
  });

  it("copula: the best of all, with every other beside it", async () => {
    const found = JSON.parse(
      (await run("copula", "--in", file("pairs.csv.gz"), "--columns", "A,B", "--json")).stdout,
    );
    expect(found.candidates.length).toBeGreaterThan(8);
    expect(found.aic).toBe(found.candidates[0].aic);
    expect(found.kendall).toBeGreaterThan(0.4);
    expect(found.tailDependence).toEqual({ lower: expect.any(Number), upper: expect.any(Number) });
    const text = (await run("copula", "--in", file("pairs.csv.gz"), "--columns", "A,B", "--family", "frank"))
      .stdout;
    expect(text).toMatch(/^frank of A and B: 200 pairs/);
  });

  it("sharpe and performance: the figures of empyrical, and of the formula by hand", async () => {
    const sharpe = JSON.parse(
      (await run("sharpe", "--in", file("mixed.csv"), "--trials", "10", "--trial-deviation", "0.1", "--json"))
        .stdout,
    );
    expect(sharpe.annualSharpe).toBeCloseTo(1.7238613961706866, 10);
    expect(sharpe.deflatedSharpe).toBeLessThan(sharpe.probabilisticSharpe);
    const found = JSON.parse((await run("performance", "--in", file("mixed.csv"), "--json")).stdout);
    expect(found.sharpe).toBeCloseTo(1.7238613961706866, 10);
    expect(found.totalReturn).toBeCloseTo(0.03893, 5);
    expect(found.annualVolatility).toBeCloseTo(0.9136465399704637, 10);
    expect(found.downsideDeviation).toBeCloseTo(0.6044832503882965, 10);
    expect(found.maxDrawdown).toBeCloseTo(0.1, 12);
    const equity = JSON.parse(
      (await run("performance", "--in", file("equity.csv"), "--equity", "--json")).stdout,
    );
    // udu_returns of the same tests: up, down, up by a tenth
    expect(equity.maxDrawdown).toBeCloseTo(0.1, 12);
    expect(equity).toMatchObject({ observations: 3, drawdownRows: { peak: 1, trough: 2, recovery: null } });
  });

  it("barrier: labels by hand", async () => {
    const label = "{ horizonBars: 3, target: { kind: fixed, value: 0.05 } }";
    const found = JSON.parse(
      (await run("barrier", "--in", file("bars.csv"), "--label", label, "--json")).stdout,
    );
    // 100, 101, 100: the bar of 107 opens above 105, 106.05 and 105; 107: the next opens at 98, below 101.65
    expect(found.labels.map((l: { class: string }) => l.class)).toEqual(["BUY", "BUY", "BUY", "SELL"]);
    expect(found.labels[0]).toMatchObject({
      time: "1970-01-01T00:05:00Z",
      knownAt: "1970-01-01T00:20:00Z",
      touchBars: 3,
    });
    expect(found.counts).toEqual({ BUY: 3, HOLD: 0, SELL: 1 });
  });
});

describe("orion stats refuses", () => {
  it.each<[string, string[], number, RegExp]>([
    [
      "a missing column",
      ["garch", "--in", "text.csv", "--column", "x"],
      3,
      /no column 'x'; the header has a, b/,
    ],
    [
      "text",
      ["garch", "--in", "text.csv", "--column", "a"],
      3,
      /line 43, column 'a': 'n\/a' is no finite number/,
    ],
    [
      "a missing value",
      ["performance", "--in", "holes.csv", "--column", "a"],
      3,
      /line 3, column 'a': is missing/,
    ],
    ["a constant column", ["garch", "--in", "flat.csv"], 3, /no variance to model/],
    ["a short column", ["garch", "--in", "mixed.csv"], 3, /8 returns are too few/],
    ["an empty file", ["garch", "--in", "empty.csv"], 3, /is empty/],
    ["no file", ["sharpe", "--in", "none.csv"], 3, /none\.csv cannot be read/],
    ["a constant Sharpe ratio", ["sharpe", "--in", "flat.csv"], 3, /no Sharpe ratio/],
    [
      "several columns without a name",
      ["garch", "--in", "text.csv"],
      2,
      /has the columns a, b: say which one with --column/,
    ],
    ["an unknown kind", ["garch", "--in", "flat.csv", "--kind", "figarch"], 2, /--kind/],
    ["six lags", ["garch", "--in", "flat.csv", "--p", "6"], 2, /p: .*5/],
    ["an unknown mean", ["garch", "--in", "flat.csv", "--mean", "arma"], 2, /--mean arma/],
    ["a horizon of 0", ["garch", "--in", "flat.csv", "--horizon", "0"], 2, /--horizon/],
    [
      "an unknown family",
      ["copula", "--in", "pairs.csv.gz", "--columns", "A,B", "--family", "klayton"],
      2,
      /choose auto or one of gaussian/,
    ],
    ["one column twice", ["copula", "--in", "pairs.csv.gz", "--columns", "A,a"], 2, /two different columns/],
    [
      "columns of one copula",
      ["copula", "--in", "pairs.csv.gz", "--columns", "A,C"],
      3,
      /perfectly dependent/,
    ],
    [
      "half a deflation",
      ["sharpe", "--in", "mixed.csv", "--trials", "3"],
      2,
      /both --trials and --trial-deviation/,
    ],
    ["a wrong label", ["barrier", "--in", "bars.csv", "--label", "{ horizon: 3 }"], 2, /horizon/],
    ["prices without a time", ["barrier", "--in", "mixed.csv"], 3, /no column 'open'/],
  ])("%s", async (_, [command, option, name, ...rest], code, message) => {
    const ended = await run(command!, option!, file(name!), ...rest, "--json");
    expect(ended.stderr.at(-1)).toMatch(message);
    expect(ended.stderr).toHaveLength(1);
    expect(ended.code).toBe(code);
    expect(JSON.parse(ended.stdout)).toMatchObject({ code });
  });
});
