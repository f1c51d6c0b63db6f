import { TINY_SYMBOLS, tinyScanner } from "@orion/trade/recipe/scanner/testing";
import {
  KeptScanExplanation,
  LatestScan,
  type ScanExplanation,
  ScanModelResponse,
  type ScanResponse,
} from "@orion/trade/wire";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orionDone } from "./testing/commandLine.ts";
import { type ServedPage, servePage } from "./testing/servedPage.ts";

// The built command line trains a tiny scanner on made stocks and serves the built page; a real browser uses it as a person would.
const SCAN_MS = 60_000;

let tiny: Awaited<ReturnType<typeof tinyScanner>>;
let site: ServedPage;
let url: string;
let page: Page;

beforeAll(async () => {
  // a base of boosted trees, so that it can be told what mattered
  tiny = await tinyScanner({
    stack: {
      bases: {
        logistic: { kind: "logistic", lambda: 0.01 },
        boosted: { kind: "xgboost", rounds: 20, maxDepth: 2, learningRate: 0.1 },
        naive: { kind: "naive" },
      },
    },
    // made prices are noise: all are about as likely as the base rate, some are told to be a little less so
    signals: { minConfidence: 0.383 },
  });
  await orionDone(["train", "--recipe", tiny.recipe, "--profile", "full", "--workspace", tiny.workspace]);
  site = await servePage(tiny.workspace);
  ({ url, page } = site);
}, 240_000);

afterAll(async () => {
  await site?.close();
  await tiny?.dispose();
});

const byId = (id: string) => site.byId(id);
const answer = async (): Promise<ScanResponse> =>
  LatestScan.parse(await site.read("/api/scan")).run!.response;
const symbols = (table: string): Promise<string[]> =>
  byId(table)
    .locator("tbody tr[data-symbol]")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-symbol") ?? ""));

describe("the scan page, in a real browser", () => {
  it("is reached from the dashboard; a recipe without a model says how to get one", async () => {
    await page.goto(url);
    await byId("nav-scan").click();
    await byId("scan-missing").waitFor();
    expect(new URL(page.url()).pathname).toBe("/scan");
    expect(await byId("scan-missing").textContent()).toContain("./orion train --recipe scanner");
    expect(await byId("scan-start").isDisabled()).toBe(true);
    expect(await byId("signals-panel").count()).toBe(0);
  });

  it("shows how such signals did on unseen rows, with counts and intervals", async () => {
    await byId("scan-recipe").selectOption("tiny-scanner");
    await byId("scan-model-signals").waitFor();
    const { model } = ScanModelResponse.parse(await site.read("/api/scan/model?recipe=tiny-scanner"));
    const { rows, days, signals } = model!.test;
    const line = await byId("scan-model-signals").textContent();
    expect(line).toContain(`Of ${rows} test rows on ${days} days ${signals.rows} would have become signals`);
    expect(line).toContain(`${signals.hits} of them were BUY in the end`);
    expect(line).toMatch(/95 % interval \d+\.\d % to \d+\.\d %, a day counted once/);
    expect(await byId("reliability-plot").getAttribute("data-bins")).toMatch(/^[1-9]/);
    expect(await byId("ablation").locator("tbody tr").count()).toBe(model!.test.ablation.length);
    expect(await byId("scan-model-timeframes").textContent()).toContain("no network: no symbol has the");
  });

  it("runs a scan with progress, and shows signals, rejected and dropped as the server tells them", async () => {
    await byId("scan-start").click();
    await byId("signal-table").waitFor({ timeout: SCAN_MS });
    const told = await answer();
    expect(told.signals.length).toBeGreaterThan(1);
    expect(told.rejected.length).toBeGreaterThan(0);
    expect(await symbols("signal-table")).toEqual(told.signals.map((s) => s.symbol));
    expect(await byId("scan-summary").textContent()).toContain(
      `${TINY_SYMBOLS + 2} symbols scanned, ${TINY_SYMBOLS} candidates`,
    );
    expect(await byId("scan-summary").getAttribute("data-as-of")).toBe(told.as_of);
    const first = await byId("signal-table").locator("tbody tr").first().textContent();
    const { confidence, agreement, time_horizon: horizon } = told.signals[0]!;
    expect(first).toContain(
      `${(confidence * 100).toFixed(1)} % base ${(told.base_rates.BUY * 100).toFixed(1)} %`,
    );
    expect(first).toContain(agreement);
    expect(first).toContain(horizon);
    // fewer than ten is an answer, and says what the others lacked
    expect(await byId("scan-shortfall").textContent()).toContain(`${told.signals.length} of at most 10`);
    expect(await byId("scan-shortfall").textContent()).toContain(told.rejected[0]!.reason);
    expect(await byId("scan-warning").allTextContents()).toEqual(told.warnings);
    expect(await byId("scan-stale").textContent()).toMatch(/newest stored bars are \d+ y \d+ d old/);
    const groups = byId("dropped-group");
    expect((await groups.allTextContents()).map((text) => text.split(": ")[0])).toEqual(["price", "stale"]);
    await groups.first().locator("summary").press("Enter");
    await groups.first().getByText("LOW.M").waitFor();
    await byId("scan-timings").locator("summary").click();
    expect(await byId("scan-timings").textContent()).toMatch(/momentum scan\d+ ms/);
  });

  it("sorts by any column, either way, and keeps it in the address", async () => {
    const told = await answer();
    const bySymbol = told.signals.map((s) => s.symbol).sort();
    await byId("signal-table-sort-symbol").click();
    expect(await symbols("signal-table")).toEqual(bySymbol);
    await byId("signal-table-sort-symbol").click();
    expect(await symbols("signal-table")).toEqual([...bySymbol].reverse());
    expect(page.url()).toContain("sort=symbol");
    await page.reload();
    await byId("signal-table").waitFor();
    expect(await symbols("signal-table")).toEqual([...bySymbol].reverse());
    await byId("signal-table-sort-risk").click();
    const risks = new Map(told.signals.map((s) => [s.symbol, s.risk_score ?? Number.POSITIVE_INFINITY]));
    const shown = (await symbols("signal-table")).map((symbol) => risks.get(symbol)!);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
  });

  it("opens a row by keyboard alone: predictions, risk, votes, momentum", async () => {
    const told = await answer();
    await byId("signal-open").first().focus();
    const first = await site.focused();
    await page.keyboard.press("ArrowDown");
    const second = await site.focused();
    expect(second).not.toBe(first);
    await page.keyboard.press("Enter");
    await byId("signal-detail").waitFor();
    expect(await byId("signal-detail").getAttribute("data-symbol")).toBe(second);
    const row = told.signals.find((s) => s.symbol === second)!;
    const predictions = await byId("signal-predictions").textContent();
    expect(predictions).toContain("1hmissing: no network was trained: no symbol has the");
    const { return: move } = row.predictions["1d"]!;
    const size = Math.abs(move * 100).toFixed(2);
    expect(predictions).toContain(`${size === "0.00" ? "" : move > 0 ? "+" : "\u2212"}${size} %`);
    for (const { model, probabilities } of row.votes) {
      const vote = await byId("signal-votes").locator(`[data-vote="${model}"]`).textContent();
      expect(vote).toContain(`BUY ${(probabilities.BUY * 100).toFixed(1)} %`);
    }
    expect(await byId("signal-risk").textContent()).toContain(`${row.risk_score} of 10`);
    expect(await byId("signal-risk").textContent()).toContain(
      `Volatility a bar, mean over ${row.time_horizon}${(row.risk_metrics.forecast_volatility! * 100).toFixed(2)} %`,
    );
    expect(await byId("signal-momentum").textContent()).toContain(row.momentum.trend);
    expect(await byId("signal-mattered").locator("li").count()).toBe(row.mattered.length);
    expect(page.url()).toContain(`open=${second}`);
    await page.keyboard.press("Enter");
    await expect.poll(() => byId("signal-detail").count()).toBe(0);
  });

  it("finds rejected candidates, with their reasons and the same details", async () => {
    const { rejected } = await answer();
    await byId("rejected-open").press("Enter");
    await byId("rejected-table").waitFor();
    const one = rejected[0]!;
    await byId("rejected-find").fill(one.symbol.toLowerCase());
    await expect.poll(() => symbols("rejected-table")).toEqual([one.symbol]);
    await byId("rejected-table").getByTestId("signal-open").click();
    expect(await byId("signal-detail").textContent()).toContain(`No signal: ${one.reason}.`);
    await byId("rejected-find").fill("no such words");
    await page.getByText("No candidate has these words.").waitFor();
    await byId("rejected-find").fill("");
  });

  it("opens the nearest miss from the words about it, with the focus: which filter refused it and by how much", async () => {
    const { rejected, filter } = await answer();
    await byId("rejected-open").press("Enter");
    await expect.poll(() => byId("rejected-table").count()).toBe(0);
    const one = [...rejected].sort((a, b) => b.probabilities.BUY - a.probabilities.BUY)[0]!;
    await byId("shortfall-open").first().press("Enter");
    await byId("rejected-table").waitFor();
    await expect.poll(() => site.focused()).toBe(one.symbol);
    expect(await byId("signal-detail").getAttribute("data-symbol")).toBe(one.symbol);
    const line = (name: string) => byId("signal-filter").locator("tr", { hasText: name });
    const short = (filter.min_confidence - one.probabilities.BUY) * 100;
    expect(await line("P(BUY)").getAttribute("data-missed")).toBe(String(short > 0));
    if (short > 0.05)
      expect(await line("P(BUY)").textContent()).toContain(`${short.toFixed(1)} percentage points`);
    expect(await line("Decision").getAttribute("data-missed")).toBe(String(one.decision !== "BUY"));
    expect(await line("Risk").getAttribute("data-missed")).toBe(
      String(one.risk_score === null || one.risk_score > filter.max_risk),
    );
    expect(await byId("signal-filter").locator("[data-missed=true]").count()).toBeGreaterThan(0);
    if (one.risk_score !== null && one.risk_score > filter.max_risk)
      expect(await line("Risk").locator("td").last().textContent()).toBe(
        String(one.risk_score - filter.max_risk),
      );
  });

  it("asks by keyboard alone what mattered about it, and shows what the server found, after a reload too", async () => {
    const { model, as_of: at } = await answer();
    const symbol = (await byId("signal-detail").getAttribute("data-symbol"))!;
    const found = async (): Promise<ScanExplanation | undefined> => {
      const query = new URLSearchParams({ model, symbol, at });
      return KeptScanExplanation.parse(await site.read(`/api/scan/explanation?${query}`)).run?.explanation;
    };
    expect(await found()).toBeUndefined();
    await byId("explanation-start").press("Enter");
    await byId("explanation-sum").waitFor({ timeout: SCAN_MS });
    const told = (await found())!;
    expect(await byId("signal-mattered").locator("li").count()).toBe(told.mattered.length);
    const [first] = told.mattered;
    const sign = first!.contribution < 0 ? "\u2212" : "+";
    expect(await byId("signal-mattered").locator("li").first().textContent()).toMatch(
      new RegExp(`^${first!.feature} = .*\\${sign}${Math.abs(first!.contribution).toFixed(3)}$`),
    );
    expect(await byId("what-mattered").textContent()).toContain("Told by boosted; logistic, naive vote too");
    expect(await byId("explanation-other").count()).toBe(0);
    // the button that had the focus is gone: it is where the answer is
    expect(await page.evaluate("document.activeElement.dataset.testid")).toBe("what-mattered");
    await page.reload();
    await byId("explanation-sum").waitFor();
    expect(await byId("explanation-start").count()).toBe(0);
  });

  it("says in one line why it cannot be told, and how it was cancelled", async () => {
    const { rejected } = await answer();
    const before = await byId("signal-detail").getAttribute("data-symbol");
    const other = rejected.find(({ symbol }) => symbol !== before)!;
    await byId("rejected-table")
      .locator(`#row-${other.symbol.replace(".", "\\.")}`)
      .click();
    await page.locator(`[data-testid="what-mattered"][data-symbol="${other.symbol}"]`).waitFor();
    const refusal = `${other.symbol} is no candidate: price: its last close is below 5`;
    await page.route("**/api/scan/explanation", (route) =>
      route.fulfill({ status: 422, json: { error: refusal, code: 3 } }),
    );
    await byId("explanation-start").click();
    await byId("what-mattered").getByRole("alert").waitFor();
    expect(await byId("what-mattered").getByRole("alert").allTextContents()).toEqual([refusal]);
    // one that goes on is told how far it is and can be stopped
    const request = { model: (await answer()).model, symbol: other.symbol, at: (await answer()).as_of };
    const own = { request, stage: "timeframe networks", done: 1, total: 6, secondsLeft: null, error: null };
    let status: object = { ...own, state: "running", jobId: "explanation-9", startedAt: null };
    await page.route("**/api/scan/explanation-status", (route) => route.fulfill({ json: status }));
    await page.route("**/api/scan/explanation", (route) => route.fulfill({ status: 202, json: status }));
    await page.route("**/api/scan/explanation/cancel", (route) => {
      status = { ...status, state: "cancelled" };
      return route.fulfill({ status: 202, json: status });
    });
    await byId("explanation-start").click();
    await expect
      .poll(() => byId("explanation-progress").textContent())
      .toContain(`${other.symbol}: timeframe networks, step 1 of 6`);
    await byId("explanation-cancel").click();
    await byId("explanation-cancelled").waitFor();
    await page.unrouteAll();
    await byId("rejected-open").press("Enter");
    await expect.poll(() => byId("signal-detail").count()).toBe(0);
  });

  it("scans as of a day gone by, at most so many, warns where the model has learned from it, and names a wrong number", async () => {
    const before = await answer();
    await byId("scan-top").fill("0");
    await byId("scan-start").click();
    expect(await byId("scan-panel").getByRole("alert").textContent()).toContain(
      "a whole number from 1 to 1,000",
    );
    await byId("scan-top").fill("1");
    await byId("scan-at").fill("2019-12-31");
    await byId("scan-start").click();
    await expect
      .poll(() => byId("scan-summary").getAttribute("data-as-of"), { timeout: SCAN_MS })
      .toBe("2020-01-01T00:00:00Z");
    expect(await byId("scan-warning").first().textContent()).toContain("IN SAMPLE");
    expect((await answer()).signals.length).toBeLessThanOrEqual(1);
    expect(await byId("scan-panel").getByRole("alert").count()).toBe(0);
    await byId("scan-at").fill("1990-01-01");
    await byId("scan-start").click();
    await byId("scan-panel").getByRole("alert").first().waitFor({ timeout: SCAN_MS });
    expect(await byId("scan-panel").getByRole("alert").count()).toBe(1);
    // what was found before stays
    expect((await answer()).as_of).toBe("2020-01-01T00:00:00Z");
    expect(await byId("scan-summary").getAttribute("data-as-of")).toBe("2020-01-01T00:00:00Z");
    await byId("scan-at").fill("");
    await byId("scan-top").fill("");
    await byId("scan-start").click();
    await expect
      .poll(() => byId("scan-summary").getAttribute("data-as-of"), { timeout: SCAN_MS })
      .toBe(before.as_of);
    expect((await answer()).signals).toMatchObject(
      before.signals.map(({ symbol, confidence }) => ({ symbol, confidence })),
    );
  });

  it("looks the same in a picture for the documentation", async () => {
    await byId("signal-table-sort-confidence").click();
    await byId("signal-table-sort-confidence").click();
    await byId("signal-open").first().click();
    await byId("signal-detail").waitFor();
    await page.evaluate("document.activeElement.blur(); scrollTo(0, 0)");
    await page.waitForTimeout(300);
    await site.shootForDocs("scan-page");
    await site.shoot("scan-dark");
  });

  it("fits a phone, in the light theme too", async () => {
    await byId("theme-switch").click();
    await page.waitForTimeout(200);
    await site.shoot("scan-light");
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(300);
    expect(await site.width()).toBeLessThanOrEqual(390);
    // the details fit beside no sideways scrolling of their own
    const box = await byId("signal-detail").boundingBox();
    expect(box!.x).toBeGreaterThanOrEqual(0);
    expect(box!.x + box!.width).toBeLessThanOrEqual(390);
    await site.shoot("scan-phone");
  });

  it("has logged no fault", () => {
    expect(site.faults).toEqual([]);
  });
});
