import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startVenueSim, type VenueSim } from "@orion/venue-sim";
import { afterAll, beforeAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));
const DAY_MS = 86_400_000;
/** the wall clock of the command line: a sign-in lasts seven days of it */
const NOW = Date.now();
const openTime = Float64Array.from({ length: 30 }, (_, i) => Math.floor(NOW / DAY_MS - 40 + i) * DAY_MS);
const column = (value: number) => new Float64Array(30).fill(value);
const served = (symbol: string, level: number) => ({
  market: "stock" as const,
  symbol,
  timeframe: "1d",
  openTime,
  open: column(level),
  high: column(level + 1),
  low: column(level - 1),
  close: column(level),
  volume: column(100),
});
const SECRETS = ["schwab-client-secret", "a secret of my own", "alpaca-secret-key"];

let sim: VenueSim;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-stocks-cli-"));
  sim = await startVenueSim({
    venues: ["alpaca", "schwab", "yahoo"],
    series: [served("SPY", 500), served("^VIX", 15)],
    keys: {
      alpaca: { keyId: "PKTEST", secret: SECRETS[2]! },
      schwab: { clientId: "client", clientSecret: SECRETS[0]! },
    },
    now: NOW,
  });
});
afterAll(async () => {
  await sim.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command line; `onText` sees standard error as it comes and may write to standard input. */
async function orion(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onText: (text: string, type: (line: string) => void) => void = () => {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args, "--workspace", join(folder, "workspace")], {
    env: {
      PATH: process.env.PATH,
      ORION_ALPACA_URL: sim.url("alpaca"),
      ORION_SCHWAB_URL: sim.url("schwab"),
      ORION_YAHOO_URL: sim.url("yahoo"),
      ...env,
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += String(data);
  });
  child.stderr.on("data", (data) => {
    stderr += String(data);
    onText(stderr, (line) => child.stdin.end(`${line}\n`));
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  for (const secret of SECRETS) expect(stdout + stderr).not.toContain(secret);
  return { code, stdout, stderr };
}

const since = new Date(openTime[0]!).toISOString().slice(0, 10);
const download = (...more: string[]) => [
  "data",
  "download",
  "--timeframe",
  "1d",
  "--since",
  since,
  "--json",
  ...more,
];

test("yahoo: a stock and an index by its plain name, as one document", async () => {
  const { code, stdout } = await orion(download("--source", "yahoo", "--symbols", "SPY,VIX"), {});
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([
    { symbol: "SPY", timeframe: "1d", market: "stock", rows: 30, added: 30 },
    { symbol: "VIX", rows: 30 },
  ]);
});

test("alpaca: no keys is one line; with --fallback the reason is told", async () => {
  const spy = download("--source", "alpaca", "--symbols", "SPY");
  const refused = await orion(spy, {});
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/alpaca: no keys: set APCA_API_KEY_ID and APCA_API_SECRET_KEY/);
  const wrong = await orion(["--debug", ...spy], {
    APCA_API_KEY_ID: "PKTEST",
    APCA_API_SECRET_KEY: "wrong-secret",
  });
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/the keys were refused/);
  expect(wrong.stdout + wrong.stderr).not.toContain("wrong-secret");
  const replaced = await orion([...spy, "--fallback", "yahoo"], {});
  expect([replaced.code, replaced.stderr]).toEqual([
    0,
    expect.stringContaining("SPY comes from yahoo: alpaca: no keys"),
  ]);
});

test("schwab: sign in by pasting the address, then download", async () => {
  const env = { SCHWAB_CLIENT_ID: "client", SCHWAB_CLIENT_SECRET: SECRETS[0]!, ORION_SECRET: SECRETS[1]! };
  const closed = download("--source", "schwab", "--symbols", "SPY");
  expect((await orion(closed, env)).stderr).toMatch(
    /nobody is signed in: sign in with: orion data login schwab/,
  );
  let isOpened = false;
  const signedIn = await orion(["data", "login", "schwab", "--json"], env, (text, type) => {
    const url = /https?:\S+authorize\S+/.exec(text)?.[0];
    if (!url || isOpened || !text.includes("> ")) return;
    isOpened = true;
    void fetch(url, { redirect: "manual" }).then((back) => type(back.headers.get("location")!));
  });
  expect([signedIn.code, JSON.parse(signedIn.stdout)]).toEqual([
    0,
    { source: "schwab", endsAt: expect.any(String) },
  ]);
  const other = await orion(["--workspace", folder, ...closed], env);
  expect(other.code).toBe(0);
  expect(JSON.parse(other.stdout)).toMatchObject([{ symbol: "SPY", rows: 30 }]);
});

test("other sources have no sign-in, and an empty paste is told", async () => {
  expect((await orion(["data", "login", "yahoo"], {})).stderr).toMatch(/'yahoo' has no sign-in/);
  const env = { SCHWAB_CLIENT_ID: "client", SCHWAB_CLIENT_SECRET: SECRETS[0]!, ORION_SECRET: SECRETS[1]! };
  const empty = await orion(
    ["data", "login", "schwab"],
    env,
    (text, type) => text.includes("> ") && type(""),
  );
  expect([empty.code, empty.stderr]).toEqual([2, expect.stringMatching(/there is no code in this text/)]);
});
