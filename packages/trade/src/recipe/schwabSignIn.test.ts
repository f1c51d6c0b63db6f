import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DAY_MS } from "../core/time.ts";
import { createSource } from "../market/index.ts";
import { downloadBars, openWorkspace, type Workspace } from "../store/index.ts";
import { schwabTokenKeeper, signInSchwab } from "./schwabSignIn.ts";

const keys = { clientId: "client", clientSecret: "schwab-client-secret" };
const NOW = Date.parse("2024-12-02T22:00:00Z");
const one = new Float64Array([100]);
const prices = { open: one, high: one, low: one, close: one, volume: one };
const openTime = new Float64Array([Date.parse("2024-11-29")]);
let sim: VenueSim;
let workspace: Workspace;
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-sign-in-")));
  sim = await startVenueSim({
    venues: ["schwab"],
    series: [{ market: "stock", symbol: "SPY", timeframe: "1d", openTime, ...prices }],
    keys: { schwab: keys },
    now: NOW,
  });
});
afterEach(async () => {
  await sim.close();
  await rm(workspace.dir, { recursive: true, force: true });
});

const env = () => ({
  ORION_SCHWAB_URL: sim.url("schwab"),
  ORION_SECRET: "a secret of my own",
  SCHWAB_CLIENT_ID: keys.clientId,
  SCHWAB_CLIENT_SECRET: keys.clientSecret,
});
const context = () => ({ workspace: workspace.dir, now: () => sim.now });
const browser = async (url: string): Promise<string> =>
  (await fetch(url, { redirect: "manual" })).headers.get("location")!;

test("a sign-in is kept in the workspace, and later runs download with it", async () => {
  const signedIn = await signInSchwab(context(), env(), browser);
  expect(signedIn).toEqual({ source: "schwab", endsAt: "2024-12-09T22:00:00Z" });
  expect(await readdir(join(workspace.dir, "secrets"))).toEqual(["schwab.json"]);
  const keeper = schwabTokenKeeper(workspace, env());
  const { refreshEndsAt } = (await keeper.load())!;
  expect(refreshEndsAt).toBe(NOW + 7 * DAY_MS);
  // the wall clock is long past the seven days: with the one of the simulator the sign-in would last
  const source = createSource("schwab", env(), { schwabTokens: keeper });
  const request = { symbol: "SPY", timeframe: "1d", since: NOW - 9 * DAY_MS };
  await expect(downloadBars(workspace, source, request)).rejects.toThrow(
    "schwab: the sign-in ended at 2024-12-09T22:00:00Z: sign in with: orion data login schwab",
  );
  const { refreshToken } = (await keeper.load())!;
  const byVariable = createSource("schwab", { ...env(), SCHWAB_REFRESH_TOKEN: refreshToken });
  expect((await downloadBars(workspace, byVariable, request)).added).toBe(1);
});

test("without ORION_SECRET nothing is asked of the user; with another one the tokens stay shut", async () => {
  const { ORION_SECRET: _, ...without } = env();
  const paste = async (): Promise<string> => expect.unreachable();
  await expect(signInSchwab(context(), without, paste)).rejects.toThrow(/set ORION_SECRET to 12 or more/);
  await expect(signInSchwab(context(), { ORION_SECRET: "a secret of my own" }, paste)).rejects.toThrow(
    /set SCHWAB_CLIENT_ID and SCHWAB_CLIENT_SECRET/,
  );
  await signInSchwab(context(), env(), browser);
  const other = schwabTokenKeeper(workspace, { ORION_SECRET: "a secret of someone" });
  await expect(other.load()).rejects.toThrow(/ORION_SECRET does not open/);
});
