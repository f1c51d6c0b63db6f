import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuditRun, type AuditStatus, FeatureReport, LatestAudit } from "@orion/trade/wire";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orionDone } from "./testing/commandLine.ts";
import { type ServedPage, servePage } from "./testing/servedPage.ts";
import { writeSampleCsv } from "./testing/tinySetup.ts";

// The built command line serves the built page over a month of real bars; a real browser uses it as a person would.
const AUDIT_MS = 240_000;

let folder: string;
let site: ServedPage;
let url: string;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "orion-features-page-"));
  const workspace = join(folder, "workspace");
  const file = await writeSampleCsv(folder, 16_000, 24_000);
  const series = ["--symbol", "BTCUSDT", "--timeframe", "5m", "--market", "futures"];
  await orionDone(["data", "import", file, ...series, "--workspace", workspace]);
  site = await servePage(workspace);
  ({ url, page } = site);
}, 120_000);

afterAll(async () => {
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

const byId = (id: string) => site.byId(id);
/** Chooses an indicator in the open picker, sets its parameters and adds it. */
const overlay = async (name: string, params: Record<string, string> = {}): Promise<void> => {
  await byId("indicator-find").fill(name);
  await byId("indicator-list").selectOption(name);
  for (const [key, value] of Object.entries(params)) await byId(`param-${key}`).fill(value);
  await byId("indicator-add").click();
};
const drawn = (text: string) => page.locator(`[data-overlay="${text}"][data-ready="true"]`);

describe("the features page, in a real browser", () => {
  it("is reached from the dashboard and lists every column of the recipe", async () => {
    await page.goto(url);
    await byId("nav-features").click();
    await expect.poll(() => byId("column-total").textContent()).toBe("38 columns");
    expect(new URL(page.url()).pathname).toBe("/features");
    await byId("heat-map").waitFor({ timeout: 60_000 });
    const report = FeatureReport.parse(await site.read("/api/features/report"));
    expect(await byId("features-parts").textContent()).toContain(
      `${report.parts.train.rows.toLocaleString("en-US")} rows`,
    );
    expect(await byId("features-parts").textContent()).toContain("Test rows: shown for drift only");
    expect(await byId("features-parts").getAttribute("data-sha256")).toBe(report.dataSha256);
    expect(report.seconds).toBe(0);
  });

  it("finds a column and shows what it is, how it lies and how it drifts", async () => {
    await byId("column-find").fill("wilder atr");
    await expect.poll(() => byId("column-total").textContent()).toMatch(/^[12] of 38 columns$/);
    await byId("column-table").getByText("atr14", { exact: true }).click();
    await page.locator('[data-testid="column-detail"][data-column="atr14"]').waitFor();
    const detail = await byId("column-detail").textContent();
    expect(detail).toContain("Wilder average of the true range, 14, / c");
    expect(detail).toContain("Wilder 1978");
    expect(await byId("column-histogram").locator("rect").count()).toBe(48);
    expect(await byId("column-quantiles").textContent()).toMatch(/50 %0\.00/);
    expect(await byId("column-drift").textContent()).toMatch(
      /Validation[\d,]+\d\.\d{3}\d\.\d{3}(little drift|some drift|major change)Test \(display only\)/,
    );
    expect(page.url()).toContain("column=atr14");
    await byId("column-find").fill("no such words");
    await page.getByText("No column has these words.").waitFor();
    await byId("column-find").fill("");
    await byId("column-sort-test").click();
    await byId("column-sort-test").click();
    await expect.poll(() => page.url()).toContain("sort=test");
  });

  it("goes through the columns by keyboard alone", async () => {
    await byId("column-choose").first().focus();
    const first = await site.focused();
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(100);
    const second = await site.focused();
    expect(second).not.toBe(first);
    await page.keyboard.press("Enter");
    await page.locator(`[data-testid="column-detail"][data-column="${second}"]`).waitFor();
    await page.keyboard.press("End");
    await page.waitForTimeout(100);
    expect([first, second]).not.toContain(await site.focused());
  });

  it("draws the correlations before and after the selection, read by pointer and keys", async () => {
    const report = FeatureReport.parse(await site.read("/api/features/report"));
    const map = byId("heat-map");
    expect(await map.getAttribute("data-columns")).toBe("38");
    const names = report.correlation.order.map((f) => report.columns[f]!.name);
    await map.focus();
    await page.keyboard.press("Home");
    expect(await byId("heat-readout").textContent()).toBe(`${names[0]} and ${names[0]}: r 1.000`);
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    const r = report.correlation.r[report.correlation.order[2]! * 38 + report.correlation.order[1]!]!;
    const text = `${r < 0 ? "\u2212" : ""}${Math.abs(r).toFixed(3)}`;
    expect(await byId("heat-readout").textContent()).toBe(`${names[2]} and ${names[1]}: r ${text}`);
    const before = await map.screenshot();
    const box = (await map.boundingBox())!;
    await page.mouse.move(box.x + box.width - 3, box.y + 3);
    await expect
      .poll(() => byId("heat-readout").textContent())
      .toContain(`${names[0]} and ${names.at(-1)}: r`);
    await byId("switch-after").click();
    if (report.choice.kind !== "correlation") throw new Error("the recipe selects by correlation");
    const { kept, dropped } = report.choice;
    await expect.poll(() => map.getAttribute("data-columns")).toBe(String(kept.length));
    expect((await map.screenshot()).equals(before)).toBe(false);
    // nothing above the limit stays
    expect(
      Number((await byId("correlation-strongest").textContent())!.match(/r .?(\d\.\d+)/)![1]),
    ).toBeLessThan(0.8);
    expect(await byId("dropped-list").getAttribute("data-count")).toBe(String(dropped.length));
    const first = dropped.find((d) => d.reason === "correlated")!;
    const row = byId("dropped-list").locator("tbody tr").filter({ hasText: first.name }).first();
    expect(await row.textContent()).toContain(first.kept);
    await byId("switch-before").click();
  });

  it(
    "audits the recipe in the background, is cancelled and run again, and shows the verdict of every check",
    async () => {
      await byId("audit-start").click();
      await byId("audit-progress").waitFor();
      await byId("audit-cancel").click();
      await byId("audit-cancelled").waitFor({ timeout: 30_000 });
      expect(await byId("audit-report").count()).toBe(0);
      await byId("audit-start").click();
      await expect
        .poll(() => byId("audit-progress").textContent(), { timeout: 60_000 })
        .toMatch(/step \d+ of \d+/);
      // the page answers while the audit runs
      expect((await fetch(`${url}/api/status`)).status).toBe(200);
      await byId("audit-verdict").waitFor({ timeout: AUDIT_MS });
      expect(await byId("audit-verdict").getAttribute("data-verdict")).toBe("clean");
      expect(await byId("audit-checks").locator("tbody tr").count()).toBe(6);
      expect(await byId("audit-columns").getByText("atr14", { exact: true }).count()).toBeGreaterThan(0);
      const { run } = (await site.read("/api/audit/leakage")) as { run: unknown };
      const parsed = AuditRun.parse(run);
      expect(parsed.report.recipe).toBe("orionquant");
      expect(await byId("features-parts").getAttribute("data-sha256")).toBe(parsed.dataSha256);
    },
    AUDIT_MS + 60_000,
  );

  it("shows the report of the audit that ended last, whatever became of one after it", async () => {
    // a real report, told again as that of one audit after another: three real ones would take minutes
    const { run } = LatestAudit.parse(await site.read("/api/audit/leakage"));
    const day = (n: number): string => `2031-01-0${n}T00:00:00Z`;
    let told = { ...run!, startedAt: day(1) };
    const idle = { request: run!.request, stage: null, done: 0, total: null, secondsLeft: null };
    let status: AuditStatus = { ...idle, state: "done", jobId: "audit-1", error: null, startedAt: day(1) };
    await page.route("**/api/audit-status", (route) => route.fulfill({ json: status }));
    await page.route("**/api/audit/leakage", (route) => {
      if (route.request().method() === "GET") return route.fulfill({ json: { run: told } });
      status = { ...status, state: "running", jobId: `audit-${Number(status.jobId!.slice(6)) + 1}` };
      return route.fulfill({ status: 202, json: status });
    });
    const shows = (n: number) =>
      expect.poll(() => byId("audit-report").textContent()).toContain(`run 2031-01-0${n} 00:00`);
    await page.reload();
    await shows(1);
    await byId("audit-start").click();
    await byId("audit-progress").waitFor();
    await shows(1);
    told = { ...run!, startedAt: day(2) };
    status = { ...status, state: "done" };
    await shows(2);
    await byId("audit-start").click();
    await byId("audit-progress").waitFor();
    await shows(2);
    status = { ...status, state: "cancelled" };
    await byId("audit-cancelled").waitFor();
    await shows(2);
    await byId("audit-start").click();
    await byId("audit-progress").waitFor();
    status = { ...status, state: "failed", error: "the bars are damaged: import them again" };
    await byId("audit-panel").getByRole("alert").waitFor();
    expect(await byId("audit-panel").getByRole("alert").textContent()).toBe(status.error);
    await shows(2);
    await page.unrouteAll();
    await page.reload();
    await expect
      .poll(() => byId("audit-report").textContent())
      .toContain(`run ${run!.startedAt.slice(0, 10)}`);
  });

  it("says in one line which bars a recipe lacks, and still names its columns", async () => {
    await byId("features-recipe").selectOption("hybrid");
    await byId("features-panel").getByRole("alert").waitFor({ timeout: 30_000 });
    expect(await byId("features-panel").getByRole("alert").textContent()).toMatch(
      /^no 1d bars of AAPL \(stock\).*import or download/,
    );
    await expect.poll(() => byId("column-total").textContent()).toMatch(/^\d+ columns$/);
    expect(await byId("features-symbol").locator("option").count()).toBe(8);
    await byId("features-recipe").selectOption("orionquant");
    await byId("heat-map").waitFor({ timeout: 30_000 });
  });

  it("looks the same in a picture for the documentation", async () => {
    await byId("column-find").fill("atr14");
    await byId("column-table").getByText("atr14", { exact: true }).click();
    await byId("column-find").fill("");
    await page.evaluate("document.activeElement.blur(); scrollTo(0, 0)");
    await page.waitForTimeout(500);
    await site.shootForDocs("features-page");
    await site.shoot("features-dark");
  });

  it("fits a phone, in the light theme too", async () => {
    await byId("theme-switch").click();
    await page.waitForTimeout(200);
    await site.shoot("features-light");
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(400);
    expect(await site.width()).toBeLessThanOrEqual(390);
    await site.shoot("features-phone");
    await page.setViewportSize({ width: 1280, height: 900 });
    await byId("theme-switch").click();
  });
});

describe("indicators on the chart", () => {
  it("are drawn over the candles and below them, and a wrong parameter is one line", async () => {
    await page.goto(url);
    await byId("price-chart").locator("canvas").first().waitFor();
    const before = await byId("price-chart").screenshot();
    await byId("indicators-open").click();
    await overlay("bollinger", { period: "0" });
    const fault = byId("indicator-picker").getByRole("alert");
    await fault.waitFor();
    expect(await fault.textContent()).toMatch(/^bollinger: 'period' = 0 is not possible: .*$/);
    expect(await byId("overlay").count()).toBe(0);
    await overlay("sma", { period: "30" });
    await drawn("sma(period=30)").waitFor();
    expect(await byId("price-chart").getAttribute("data-panes")).toBe("0");
    expect((await byId("price-chart").screenshot()).equals(before)).toBe(false);
    await overlay("rsi");
    await drawn("rsi()").waitFor();
    expect(await byId("price-chart").getAttribute("data-panes")).toBe("1");
    await overlay("bollinger");
    await drawn("bollinger()").waitFor();
    expect(await byId("price-chart").getAttribute("data-lines")).toBe("7");
    expect(await byId("overlay-legend").textContent()).toContain("percentB (below)");
    await overlay("rsi");
    await expect.poll(() => fault.textContent()).toContain("rsi() is on the chart already");
    await site.shoot("overlays-dark");
  });

  it("stay after a reload and with another timeframe, and are taken off", async () => {
    await page.reload();
    for (const text of ["sma(period=30)", "rsi()", "bollinger()"]) await drawn(text).waitFor();
    const answer = page.waitForResponse(
      (r) => r.url().includes("/api/indicator?") && r.url().includes("timeframe=1h"),
    );
    await byId("timeframe-1h").click();
    expect((await answer).status()).toBe(200);
    await drawn("rsi()").waitFor();
    await byId("overlay-legend").getByRole("button", { name: "Remove bollinger()" }).click();
    await byId("overlay-legend").getByRole("button", { name: "Remove rsi()" }).click();
    await expect.poll(() => byId("overlay").count()).toBe(1);
    await expect.poll(() => byId("price-chart").getAttribute("data-panes")).toBe("0");
    // an address may hold anything
    await page.goto(`${url}/?overlays=${encodeURIComponent('["sma(period=0)","nonsense"]')}`);
    await byId("overlay-legend").getByText("is not possible").waitFor();
    await byId("overlay-legend").getByText("is no indicator").waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await byId("indicators-open").click();
    await byId("indicator-picker").waitFor();
    expect(await site.width()).toBeLessThanOrEqual(390);
    await site.shoot("overlays-phone");
  });

  it("has logged no fault", () => {
    expect(site.faults).toEqual([]);
  });
});
