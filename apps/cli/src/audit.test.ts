import { UsageError } from "@orion/trade/core";
import { AuditReport } from "@orion/trade/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgram } from "./program.ts";
import { describeAudit } from "./terminal/describeAudit.ts";

const audited = vi.hoisted(() => vi.fn());
vi.mock("@orion/trade/recipe", () => ({ auditLeakage: audited }));

const check = (id: string, verdict: string) => ({
  id,
  title: `title of ${id}`,
  verdict,
  finding: `found ${id}`,
  compared: 3,
});
const column = (kind: string, name: string, truncation: string) => ({
  kind,
  name,
  truncation,
  perturbation: "clean",
  warmUp: kind === "feature" ? "clean" : "not judged",
  warmUpDeviation: kind === "feature" ? 2e-7 : null,
  leaks:
    truncation === "leak"
      ? [
          {
            check: "truncation",
            symbol: "BTCUSDT",
            row: "2024-01-02T00:00:00Z",
            moment: "2024-01-03T00:00:00Z",
            was: 1.5,
            became: null,
          },
        ]
      : [],
});
const reportOf = (verdict: "clean" | "leak"): AuditReport =>
  AuditReport.parse({
    recipe: "mine",
    verdict,
    symbols: [{ symbol: "BTCUSDT", rows: 9, from: "2024-01-01T00:00:00Z", to: "2024-02-01T00:00:00Z" }],
    context: [],
    examples: { train: 5, validation: 2, test: 2 },
    seed: 7,
    moments: ["2024-01-03T00:00:00Z"],
    training: "a small network",
    checks: [check("truncation", verdict), check("fills", "not judged")],
    permutation: [
      {
        head: "class",
        chance: 1 / 3,
        rows: 40,
        classes: [10, 20, 10],
        block: 4,
        mean: 0.35,
        interval: [0.3, 0.4],
        seeds: [{ seed: 1007, balancedAccuracy: 0.351, interval: null }],
        unpermuted: 0.5,
      },
    ],
    columns: [
      column("feature", "rsi14", verdict === "leak" ? "leak" : "clean"),
      column("feature", "dropped", "clean"),
      column("input", "rsi14", "clean"),
      column("label", "class", "clean"),
    ],
    notes: ["universe: one symbol"],
  });

let printed = "";
beforeEach(() => {
  printed = "";
  audited.mockReset();
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});
const run = (...argv: string[]) => createProgram().parseAsync(["node", "orion", "audit", "leakage", ...argv]);

test("a leak is one JSON document and exit code 4; a clean recipe leaves the code alone", async () => {
  audited.mockResolvedValue(reportOf("leak"));
  await run("--recipe", "mine", "--json", "--rows", "5000", "--seed", "3", "--quick");
  expect(AuditReport.parse(JSON.parse(printed)).verdict).toBe("leak");
  expect(process.exitCode).toBe(4);
  expect(audited.mock.calls[0]![1]).toEqual({ recipe: "mine", rows: 5000, seed: 3, quick: true });
  process.exitCode = undefined;
  audited.mockResolvedValue(reportOf("clean"));
  await run("--recipe", "mine", "--json");
  expect(process.exitCode).toBeUndefined();
});

test("wrong options are refused before anything is read", async () => {
  await expect(run("--recipe", "mine", "--rows", "many")).rejects.toThrow(/--rows wants a whole number/);
  await expect(run()).rejects.toThrow(/--recipe/);
  expect(audited).not.toHaveBeenCalled();
  audited.mockRejectedValue(new UsageError("there is no recipe 'x'"));
  await expect(run("--recipe", "x")).rejects.toThrow(UsageError);
});

test("the text names the checks that found something, each column, and the first place of a leak", () => {
  const text = describeAudit(reportOf("leak"));
  expect(text).toMatch(/^mine: LEAK found by truncation/);
  expect(text).toMatch(/rsi14\s+LEAK\s+clean\s+clean\s+2\.0e-7\s+clean\s+clean/);
  expect(text).toMatch(/dropped\s+clean\s+clean\s+clean\s+2\.0e-7\s+not read/);
  expect(text).toContain(
    "feature rsi14, truncation: BTCUSDT at 2024-01-02T00:00:00Z is 1.5 from all bars and no value from those up to 2024-01-03T00:00:00Z",
  );
  expect(text).toMatch(/class, seed 1007\s+40\s+35\.1 %\s+too few blocks/);
  expect(describeAudit(reportOf("clean"))).toMatch(/^mine: clean, as far as these checks can see/);
});
