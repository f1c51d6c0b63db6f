import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startVenueSim, type VenueSim } from "@orion/venue-sim";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orionDone } from "./testing/commandLine.ts";
import { writeFaultyCrypto, writeFaultyStock, writeManySymbols } from "./testing/faultyCsv.ts";
import { type ServedPage, servePage } from "./testing/servedPage.ts";

// The built command line serves the built page over imported bars with planted faults; a venue simulator is downloaded from.
const MINUTE_MS = 60_000;
const SIM_START = Date.UTC(2024, 2, 4);
const SIM_BARS = 4000;

let folder: string;
let sim: VenueSim;
let site: ServedPage;
let url: string;
let page: Page;

/** Five-minute bars whose price drifts up and down; one more than have closed. */
function served(symbol: string, seed: number) {
  const openTime = Float64Array.from({ length: SIM_BARS + 1 }, (_, i) => SIM_START + i * 5 * MINUTE_MS);
  const price = (i: number): number =>
    Number((1000 * seed + 40 * Math.sin(i / 90) + 9 * Math.sin(i / 11)).toFixed(2));
  const open = openTime.map((_, i) => price(i));
  const close = openTime.map((_, i) => price(i + 1));
  const high = open.map((o, i) => Math.max(o, close[i]!) + 1);
  const low = open.map((o, i) => Math.min(o, close[i]!) - 1);
  const volume = openTime.map((_, i) => 10 + (i % 50));
  return { market: "spot" as const, symbol, timeframe: "5m", openTime, open, high, low, close, volume };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "orion-data-page-"));
  const workspace = join(folder, "workspace");
  const imports: [string, string[]][] = [
    [await writeFaultyStock(folder), ["--symbol", "TEST", "--timeframe", "1d", "--market", "stock"]],
    [await writeFaultyCrypto(folder), ["--symbol", "BTCUSDT", "--timeframe", "1h", "--market", "futures"]],
    [await writeManySymbols(folder), ["--timeframe", "1d", "--market", "stock"]],
  ];
  for (const [file, options] of imports) {
    await orionDone(["data", "import", file, ...options, "--workspace", workspace]);
  }
  sim = await startVenueSim({
    venues: ["binance"],
    now: SIM_START + SIM_BARS * 5 * MINUTE_MS,
    series: [served("AAAUSDT", 1), served("BBBUSDT", 2), served("CCCUSDT", 3)],
    // so that a download can be watched
    faults: [{ kind: "slow", route: "klines", delayMs: 250 }],
  });
  const env = { ...process.env, ORION_BINANCE_URL: sim.url("binance") };
  for (const key of ["APCA_API_KEY_ID", "APCA_API_SECRET_KEY", "SCHWAB_CLIENT_ID"])
    Reflect.deleteProperty(env, key);
  site = await servePage(workspace, env);
  ({ url, page } = site);
}, 120_000);

afterAll(async () => {
  await site?.close();
  await sim?.close();
  rmSync(folder, { recursive: true, force: true });
});

const byId = (id: string) => site.byId(id);
/** Chooses a series in the table by its symbol, which the filter leaves alone. */
const choose = async (find: string): Promise<void> => {
  await byId("series-find").fill(find);
  await expect.poll(() => byId("series-choose").count()).toBe(1);
  await byId("series-choose").click();
};
const chart = (symbol: string) => page.locator(`[data-testid="series-chart"][data-symbol="${symbol}"]`);

describe("the data page, in a real browser", () => {
  it("is reached from the dashboard and lists every stored series with size and age", async () => {
    await page.goto(url);
    await byId("nav-data").click();
    await byId("series-table").getByText("BTCUSDT", { exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/data");
    expect(await byId("series-total").textContent()).toMatch(
      /302 series, [\d.]+ (kB|MB) on disk in all; 302 behind/,
    );
    const row = byId("series-table").locator("tbody tr").filter({ hasText: "BTCUSDT" });
    // 3,000 hours less the 24 missing; the last one closed on 2024-05-05 at 00:00
    expect(await row.textContent()).toMatch(
      /futures1hbars2,9762024-01-01 00:002024-05-05 00:00[\d,]+ bars, .*kB/,
    );
    expect(await byId("download-status").count()).toBe(0);
  });

  it("sorts and filters 300 symbols, drawing only those in view", async () => {
    expect(await byId("series-choose").count()).toBeLessThan(60);
    await byId("sort-rows").click();
    await byId("sort-rows").click();
    await expect.poll(() => byId("series-choose").first().textContent()).toBe("BTCUSDT");
    expect(page.url()).toContain("sort=rows");
    await byId("series-find").fill("stock 1d s29");
    await expect.poll(() => byId("series-total").textContent()).toMatch(/^10 of 302 series/);
    await byId("series-find").fill("no such words");
    await page.getByText("No series has these words.").waitFor();
    await byId("series-find").fill("");
    // the end of the list is there when it is scrolled to
    await byId("series-table").evaluate((element) => element.scrollTo(0, 1e6));
    await byId("series-table").getByText("S299", { exact: true }).waitFor();
  });

  it("shows what the checks find in a stock, and brings the chart to the place", async () => {
    await choose("TEST");
    await chart("TEST").locator("canvas").first().waitFor();
    await byId("quality-verdict").waitFor();
    expect(await byId("quality-verdict").getAttribute("data-ok")).toBe("false");
    const checks = await byId("quality-checks").textContent();
    // the planted ones: a spike, two missing sessions, a day without volume
    for (const kind of ["gaps", "spikes", "zero volume"]) expect(checks).toContain(kind);
    expect(await byId("quality-targets").textContent()).toMatch(/Missing bars3\.\d+ %below 0\.1 %missed/);
    await byId("place-check").selectOption("gaps");
    await byId("place-list").locator("button").first().click();
    // Tuesday 2023-10-17 and Wednesday: the 31st and 32nd weekday from 2023-09-05
    await expect.poll(() => new URL(page.url()).searchParams.get("at")).toBe(String(Date.UTC(2023, 9, 17)));
    expect(await byId("place-list").textContent()).toContain("2 bars");
    await page.waitForTimeout(300);
    await site.shoot("stock");
  });

  it("marks trouble of a pair, pages back to the first bar, and returns to the last", async () => {
    await choose("BTCUSDT");
    await chart("BTCUSDT").locator("canvas").first().waitFor();
    await byId("place-list").waitFor();
    const before = await byId("series-chart").screenshot();
    expect(Number(await byId("series-chart").getAttribute("data-bars"))).toBe(1500);
    await byId("place-check").selectOption("spikes");
    await byId("place-next").click();
    await expect
      .poll(async () => (await byId("series-chart").screenshot()).equals(before), { timeout: 10_000 })
      .toBe(false);
    await page.waitForTimeout(400);
    await site.shoot("pair");
    await byId("chart-newest").click();
    const slider = byId("series-chart").getByRole("slider");
    await slider.focus();
    const first = String(Date.UTC(2024, 0, 1));
    await expect
      .poll(
        async () => {
          await page.keyboard.press("Home");
          return byId("series-chart").getAttribute("data-first");
        },
        { timeout: 20_000 },
      )
      .toBe(first);
    expect(Number(await byId("series-chart").getAttribute("data-bars"))).toBe(2976);
  });

  it("does not move what has been drawn while it loads", async () => {
    await page.evaluate("scrollTo(0, 0)");
    await page.reload();
    await byId("place-list").waitFor();
    await page.waitForTimeout(500);
    // web.dev/articles/cls: up to 0.1 is good
    const shift = await page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
        .observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 300);
    })`);
    expect(shift).toBeLessThan(0.1);
  });

  it("works by keyboard alone", async () => {
    await page.reload();
    await byId("place-list").waitFor();
    await page.keyboard.press("Tab");
    expect(await site.focused()).toMatch(/skip/i);
    await byId("series-find").fill("");
    await byId("series-choose").first().focus();
    const names = [await site.focused()];
    for (const key of ["ArrowDown", "ArrowDown", "End", "Home"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(100);
      names.push(await site.focused());
    }
    expect(new Set(names).size).toBe(4);
    expect(names[4]).toBe(names[0]);
    await byId("place-list").locator("button").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(100);
    await page.keyboard.press("Enter");
    await expect.poll(() => new URL(page.url()).searchParams.has("at")).toBe(true);
    expect(await page.locator('[data-testid="place-list"] button[aria-pressed="true"]').count()).toBe(1);
  });

  it("says in one line what a source lacks, and what a form lacks", async () => {
    await byId("download-source").selectOption("alpaca");
    expect(await byId("download-missing").textContent()).toContain("APCA_API_KEY_ID");
    expect(await byId("download-start").isDisabled()).toBe(true);
    await byId("download-universe").selectOption("small");
    expect(await byId("download-symbols").inputValue()).toContain("AAPL, AMZN");
    await byId("download-source").selectOption("binance");
    expect(await byId("download-symbols").inputValue()).toBe("BNBUSDT, BTCUSDT, ETHUSDT");
    await byId("download-universe").selectOption("own");
    await byId("download-symbols").fill(" ");
    await byId("download-start").click();
    await page.getByText("Write at least one symbol").waitFor();
    await byId("download-symbols").fill("nosuch");
    await byId("download-since").fill("2024-03-04");
    await byId("download-start").click();
    await byId("download-panel")
      .getByText("binance has no symbol 'NOSUCH'")
      .first()
      .waitFor({ timeout: 20_000 });
  });

  it("downloads with progress, is cancelled in the middle, keeps what was there and goes on", async () => {
    await byId("download-symbols").fill("AAAUSDT, bbbusdt CCCUSDT");
    await byId("download-since").fill("2024-03-04");
    await byId("download-timeframe").selectOption("5m");
    await byId("download-start").click();
    const symbol = (name: string, state: string) =>
      page.locator(
        `[data-testid="download-symbols-progress"] [data-symbol="${name}"][data-state="${state}"]`,
      );
    await symbol("AAAUSDT", "done").waitFor({ timeout: 30_000 });
    await symbol("BBBUSDT", "running").waitFor();
    // pages so slow that a busy machine cannot be too late for the middle
    sim.setFaults([{ kind: "slow", route: "klines", delayMs: 2000 }]);
    await expect.poll(() => byId("download-left").textContent()).toMatch(/\d+ s left/);
    await expect
      .poll(() => symbol("BBBUSDT", "running").textContent(), { timeout: 20_000 })
      .toMatch(/running, [1-9],000 of 4,000/);
    await site.shoot("downloading");
    await byId("download-cancel").click();
    await page
      .locator('[data-testid="download-status"][data-state="cancelled"]')
      .waitFor({ timeout: 30_000 });
    const kept = async (name: string): Promise<number> => {
      const answer = (await (await fetch(`${url}/api/data`)).json()) as {
        series: { symbol: string; rows: number }[];
      };
      return answer.series.find((s) => s.symbol === name)?.rows ?? 0;
    };
    expect(await kept("AAAUSDT")).toBe(SIM_BARS);
    const ofB = await kept("BBBUSDT");
    expect(ofB).toBeGreaterThanOrEqual(1000);
    expect(ofB).toBeLessThan(SIM_BARS);
    expect(await kept("CCCUSDT")).toBe(0);

    sim.setFaults([]);
    await byId("download-resume").click();
    await page.locator('[data-testid="download-status"][data-state="done"]').waitFor({ timeout: 60_000 });
    expect(await symbol("BBBUSDT", "done").textContent()).toContain(
      `${(SIM_BARS - ofB).toLocaleString("en-US")} new`,
    );
    expect(await kept("BBBUSDT")).toBe(SIM_BARS);
    await choose("CCCUSDT");
    await chart("CCCUSDT").locator("canvas").first().waitFor();
    expect(await byId("quality-verdict").getAttribute("data-ok")).toBe("true");
  });

  it("looks the same in a picture for the documentation", async () => {
    await choose("BTCUSDT");
    await byId("place-list").waitFor();
    await byId("place-check").selectOption("gaps");
    await byId("place-next").click();
    await page.evaluate("document.activeElement.blur(); scrollTo(0, 0)");
    await page.setViewportSize({ width: 1080, height: 900 });
    await page.waitForTimeout(800);
    const end = await byId("place-chosen").evaluate((element) => element.getBoundingClientRect().bottom);
    await site.shootForDocs("data-page", end + 24);
    await site.shoot("whole");
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it("fits a phone, in the light theme too", async () => {
    await byId("theme-switch").click();
    await page.waitForTimeout(200);
    await site.shoot("light");
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(400);
    expect(await site.width()).toBeLessThanOrEqual(390);
    await site.shoot("phone");
    await page.goto(`${url}/data?symbol=TEST&market=stock&timeframe=1d&kind=bars`);
    await chart("TEST").locator("canvas").first().waitFor();
    expect(await site.width()).toBeLessThanOrEqual(390);
  });

  it("has logged no fault", () => {
    expect(site.faults).toEqual([]);
  });
});
