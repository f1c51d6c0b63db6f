import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataError } from "../core/errors.ts";
import type { FundingSeries } from "../market/funding.ts";
import { readFunding, stageFunding } from "./fundingStore.ts";
import { listSeries } from "./listSeries.ts";
import { writeParquet } from "./parquet.ts";
import { PROVENANCE_KEY } from "./provenance.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

const EIGHT_HOURS = 28_800_000;
const KEY = { symbol: "BTCUSDT", market: "futures" } as const;

let workspace: Workspace;
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-funding-")), { now: () => 5 });
});
afterEach(async () => {
  await rm(workspace.dir, { recursive: true, force: true });
});

function funding(from: number, to: number): FundingSeries {
  const steps = Array.from({ length: to - from }, (_, i) => from + i);
  return {
    instrument: "BTCUSDT",
    length: steps.length,
    time: Float64Array.from(steps, (s) => s * EIGHT_HOURS),
    rate: Float64Array.from(steps, (s) => (s % 7) / 1e4),
  };
}

test("says every source and the client that fetched it, and until it is committed changes nothing", async () => {
  await (await stageFunding(workspace, { ...KEY, source: "a.csv" }, funding(0, 10))).staged!.commit();
  const client = { name: "ccxt", version: "4.5.1" };
  const more = await stageFunding(workspace, { ...KEY, source: "binanceusdm", client }, funding(5, 20));
  expect([more.added, more.replaced]).toEqual([10, 0]);
  expect((await readFunding(workspace, KEY)).length).toBe(10);
  await more.staged!.commit();
  expect(await readFunding(workspace, KEY)).toEqual(funding(0, 20));
  const listed = await listSeries(workspace);
  expect(listed).toEqual([more.stored]);
  expect(listed[0]).toMatchObject({ rows: 20, source: "a.csv; binanceusdm", client, importedAt: 5 });
  const refused = await stageFunding(workspace, { ...KEY, source: "c" }, funding(15, 25));
  await refused.staged!.discard();
  expect(await readdir(dirname(more.stored.path))).toEqual(["BTCUSDT.parquet"]);
});

test("other rates under the same hash are damage", async () => {
  const { staged, stored } = await stageFunding(workspace, { ...KEY, source: "t" }, funding(0, 10));
  await staged!.commit();
  const { path, ...provenance } = stored;
  const { time, rate } = funding(0, 10);
  rate[4] = 0.5;
  await writeParquet(
    path,
    [
      { name: "time", type: "time", values: time },
      { name: "rate", type: "float64", values: rate },
    ],
    { [PROVENANCE_KEY]: JSON.stringify(provenance) },
  );
  await expect(readFunding(workspace, KEY)).rejects.toThrow(DataError);
  await expect(readFunding(workspace, KEY)).rejects.toThrow(/does not match its hash/);
});
