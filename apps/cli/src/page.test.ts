import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importSample, openWorkspace } from "@orion/trade/store";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedPage, servePage } from "./testing/servedPage.ts";

// The built command line serves the built page; a real browser uses it as a person would.
// long, since other work may take its share of the cores
const trainingMs = 600_000;

let folder: string;
let site: ServedPage;
let url: string;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "orion-page-"));
  await importSample(await openWorkspace(join(folder, "workspace")));
  site = await servePage(join(folder, "workspace"));
  ({ url, page } = site);
}, 120_000);

afterAll(async () => {
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

const byId = (id: string) => site.byId(id);

describe("the page, in a real browser", () => {
  it("shows stored bars and says that there is no model yet", async () => {
    await page.goto(url);
    await byId("stored-bars").getByText("143,900").waitFor();
    await byId("price-chart").locator("canvas").first().waitFor();
    await page.getByText("No model yet").first().waitFor();
    expect(await byId("data-age").textContent()).toMatch(/stale/i);
  });

  it(
    "trains two short epochs while the loss curve moves",
    async () => {
      await byId("train-recipe").selectOption("orionquant");
      await byId("train-profile").selectOption("quick");
      await byId("train-start").click();
      await page.locator('[data-testid="training-state"][data-state="running"]').waitFor();
      await byId("loss-curve").locator("canvas").first().waitFor({ timeout: trainingMs });
      const firstLoss = await byId("train-loss").textContent();
      const firstCurve = await byId("loss-curve").screenshot();
      await expect.poll(() => byId("train-loss").textContent(), { timeout: trainingMs }).not.toBe(firstLoss);
      await expect
        .poll(async () => (await byId("loss-curve").screenshot()).equals(firstCurve), { timeout: trainingMs })
        .toBe(false);
      await page
        .locator('[data-testid="training-state"][data-state="done"]')
        .waitFor({ timeout: trainingMs });
      const models = (await (await fetch(`${url}/api/models`)).json()) as {
        epochs: number;
        parameters: number;
      }[];
      expect(models).toHaveLength(1);
      expect(models[0]!.epochs).toBe(2);
      expect(Math.abs(models[0]!.parameters / 4.1e6 - 1)).toBeLessThan(0.02);
    },
    trainingMs + 60_000,
  );

  it("shows the signal against its base rates, and the test report", async () => {
    await byId("signal-name").waitFor({ timeout: 30_000 });
    expect(await byId("signal-name").textContent()).toMatch(/^(BUY|HOLD|SELL)$/);
    expect(await byId("probability-bars").textContent()).toMatch(/base rate/);
    await byId("confusion-matrix").waitFor();
    expect(await byId("balanced-accuracy").textContent()).toMatch(/%/);
  });

  it("runs a backtest and draws the equity curve", async () => {
    await byId("backtest-run").click();
    await byId("equity-curve").locator("canvas").first().waitFor({ timeout: 60_000 });
    expect(await byId("backtest-metrics").textContent()).toMatch(/Sharpe/);
    expect(await byId("trade-list").locator("tbody tr").count()).toBeGreaterThanOrEqual(30);
    // the header sticks to the top of what is in view: at the top of the page it stands where it belongs
    await page.evaluate("scrollTo(0, 0)");
    await page.waitForTimeout(500);
    await site.shootForDocs("page");
  });

  it("switches the chart's timeframe", async () => {
    const answer = page.waitForResponse(
      (r) => r.url().includes("/api/bars") && r.url().includes("timeframe=4h"),
    );
    await byId("timeframe-4h").click();
    expect((await answer).status()).toBe(200);
  });

  it("is usable by keyboard and on a phone", async () => {
    await page.reload();
    await byId("signal-name").waitFor({ timeout: 30_000 });
    await page.keyboard.press("Tab");
    expect(await site.focused()).toMatch(/skip/i);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(300);
    const width = await site.width();
    expect(width).toBeLessThanOrEqual(390);
  });

  it("has logged no fault", () => {
    expect(site.faults).toEqual([]);
  });
});
