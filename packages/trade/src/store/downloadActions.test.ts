import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VenueSim } from "@orion/venue-sim";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { DAY_MS } from "../core/time.ts";
import { adjustBars } from "../market/actions/adjustBars.ts";
import { readFactors, writeFactors } from "./actionsStore.ts";
import { downloadActions } from "./downloadActions.ts";
import { downloadBars } from "./downloadBars.ts";
import { readBars } from "./readBars.ts";
import { DAILY, startStockVenues, stockSource } from "./testing/stockVenues.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

let sim: VenueSim;
let workspace: Workspace;
beforeAll(async () => {
  sim = await startStockVenues();
});
afterAll(() => sim.close());
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-actions-")));
});
afterEach(() => rm(workspace.dir, { recursive: true, force: true }));

const since = DAILY.since;
test("Alpaca and Yahoo tell the same factors, with which raw prices become the adjusted ones", async () => {
  for (const name of ["alpaca", "yahoo"] as const) {
    const source = await stockSource(sim, name);
    await downloadBars(workspace, source, DAILY);
    const written = await downloadActions(workspace, source, { symbol: "SPY", since });
    expect(written).toMatchObject({ market: "stock", symbol: "SPY", rows: 2 });
    const factors = await readFactors(workspace, { symbol: "SPY" });
    const raw = await readBars(workspace, { symbol: DAILY.symbol, timeframe: DAILY.timeframe });
    const total = adjustBars(raw, factors, { mode: "total" });
    // CRSP's method, by hand: 4 for 1 from 2024-06-10, 1.50 from 2024-09-20 on the close of the 19th
    const exDay = Date.parse("2024-09-20") + DAY_MS;
    const before = [...raw.closeTime].indexOf(exDay) - 1;
    const kept = 1 - 1.5 / raw.close[before]!;
    const at = (day: string): number => [...raw.closeTime].indexOf(Date.parse(day) + DAY_MS);
    for (const [day, factor] of [
      ["2024-03-05", kept / 4],
      ["2024-06-07", kept / 4],
      ["2024-06-10", kept],
      ["2024-09-19", kept],
      ["2024-09-20", 1],
    ] as const) {
      expect(total.close[at(day)]).toBeCloseTo(raw.close[at(day)]! * factor, 9);
    }
    await rm(join(workspace.dir, "bars"), { recursive: true });
    await rm(join(workspace.dir, "actions"), { recursive: true });
  }
});

test("the same source's factors are brought up to date; another history of another source is kept, and that is said", async () => {
  const source = await stockSource(sim, "yahoo");
  // by now only the dividend lies in the range; what was stored reaches further back and stays whole
  await downloadActions(workspace, source, { symbol: "SPY", since });
  await downloadActions(workspace, source, { symbol: "SPY", since: Date.parse("2024-08-01") });
  expect((await readFactors(workspace, { symbol: "SPY" })).length).toBe(2);
  const day = new Float64Array([Date.parse("2024-01-05")]);
  const other = {
    instrument: "SPY",
    length: 1,
    day,
    priceFactor: new Float64Array([1]),
    splitFactor: new Float64Array([0.5]),
  };
  await rm(join(workspace.dir, "actions"), { recursive: true });
  await writeFactors(workspace, "stock", other, "my.csv");
  const lines: string[] = [];
  await downloadActions(workspace, source, { symbol: "SPY", since, notice: (line) => lines.push(line) });
  expect(lines).toEqual([
    expect.stringMatching(/yahoo tells other splits .* \(from my.csv\), which were kept/),
  ]);
  expect([...(await readFactors(workspace, { symbol: "SPY" })).splitFactor]).toEqual([0.5]);
});

test("a symbol without any has no factors", async () => {
  expect(
    await downloadActions(workspace, await stockSource(sim, "yahoo"), { symbol: "QQQ", since }),
  ).toBeNull();
  expect(
    await downloadActions(workspace, await stockSource(sim, "schwab"), { symbol: "SPY", since }),
  ).toBeNull();
});
