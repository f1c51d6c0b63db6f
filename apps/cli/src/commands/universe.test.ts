import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentOf, orion } from "../testing/commandLine.ts";

let folder: string;
let workspace: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-universe-cli-"));
  workspace = join(folder, "workspace");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) => orion([...args, "--workspace", workspace]);

test("data universe prints one document, or a table with sector and dates", async () => {
  const { code, stdout, stderr } = await run("data", "universe", "small", "--at", "2018-01-01", "--json");
  expect([code, stderr]).toEqual([0, []]);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ universe: "small", at: "2018-01-01T00:00:00Z", count: 10, storedCount: 0 });
  expect(report.members[0]).toMatchObject({ symbol: "AAPL", sector: "Information Technology", stored: [] });
  const text = await run("data", "universe", "large");
  expect(text.stdout).toMatch(/^large: 350 symbols \(300 stock, 50 spot\), 0 of them stored/);
  expect(text.stdout).toMatch(/XMRUSDT +spot +– +2019-03-15 +2024-02-20/);
});

test("factors are imported beside the bars, and told as every import", async () => {
  const file = join(folder, "SPY_factors.csv");
  await writeFile(file, "date,priceFactor,splitFactor\n2021-03-18,0.9967360,1\n");
  const { code, stdout } = await run(
    "data",
    "import",
    file,
    "--kind",
    "factors",
    "--market",
    "stock",
    "--json",
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ rows: 1, symbol: "SPY", timeframe: null, issues: [] });
  const before = await contentOf(workspace);
  await writeFile(file, "date,priceFactor,splitFactor\n2021-03-18,0.9,1\n");
  const again = await run("data", "import", file, "--kind", "factors", "--market", "stock");
  expect(again.code).toBe(3);
  expect(again.stderr).toEqual([expect.stringMatching(/^orion: .*SPY tell another history.*--replace/)]);
  expect(await contentOf(workspace)).toEqual(before);
});

test.each([
  [["data", "universe", "tiny"], 2, /universe 'tiny': give a name/],
  [["data", "universe", "none.csv"], 2, /none.csv cannot be read/],
  [["data", "universe", "small", "--at", "yesterday"], 2, /--at: 'yesterday' is not a time/],
  [["data", "import", "none.csv", "--kind", "factors"], 3, /none.csv does not exist/],
  [["data", "import", "none.csv", "--kind", "factors", "--timeframe", "1d"], 2, /--timeframe: factors hold/],
  [
    ["data", "import", "none.csv", "--kind", "factor"],
    2,
    /--kind.*'factor' is invalid.*bars, mark, funding, factors/,
  ],
])("%j ends with %i and one line", async (args, code, message) => {
  const ended = await run(...args);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toEqual([expect.stringMatching(message)]);
});
