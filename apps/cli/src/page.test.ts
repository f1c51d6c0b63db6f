import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { importSample, openWorkspace } from "@orion/trade/store";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser, serveWorkspace } from "./testing/browser.ts";

// The built command line serves the built page; a real browser uses it as a person would.
const screenshotOfDocs = fileURLToPath(new URL("../../../docs/page.png", import.meta.url));
const trainingMs = 240_000;

let folder: string;
let server: ChildProcess;
let url: string;
let browser: Browser;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "orion-page-"));
  await importSample(await openWorkspace(join(folder, "workspace")));
  ({ server, url } = await serveWorkspace(join(folder, "workspace")));
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "dark" });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    // the page asks for a prediction before there is a model; the browser logs that refusal by itself
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  if (server && server.exitCode === null) {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
});

const byId = (id: string) => page.getByTestId(id);

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
    const shot = join(folder, "page.png");
    await page.screenshot({ path: shot, fullPage: true });
    // ORION_SCREENSHOT=1 ./orion test apps/cli/src/page.test.ts renews the picture in the documentation
    if (process.env.ORION_SCREENSHOT === "1") copyFileSync(shot, screenshotOfDocs);
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
    expect(await page.evaluate<string>("document.activeElement?.textContent ?? ''")).toMatch(/skip/i);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(300);
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(390);
  });

  it("has logged no fault", () => {
    expect(faults).toEqual([]);
  });
});
