import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DataError, UsageError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { HOUR_MS } from "../core/time.ts";
import { importCsv } from "./importCsv.ts";
import { readBars } from "./readBars.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

const START = Date.UTC(2024, 0, 1);
const header = "symbol,ts,open,high,low,close,volume";
let folder: string;
let workspace: Workspace;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-import-"));
  workspace = await openWorkspace(join(folder, "workspace"), { now: () => START });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function contentOf(dir: string): Promise<Record<string, string>> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((e) => e.isFile());
  const pairs = files.map(async (f) => {
    const path = join(f.parentPath, f.name);
    return [path, sha256(await readFile(path))] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

const lineOf = (symbol: string, hour: number, close: number): string =>
  [symbol, START + hour * HOUR_MS, close, close * 1.1, close * 0.9, close, 5].join();

async function load(name: string, content: string | Uint8Array) {
  const file = join(folder, name);
  await writeFile(file, content);
  return importCsv(workspace, { file, market: "spot", timeframe: "1h" });
}

test("what was imported is what is read, in any mixture of symbols; once more it adds nothing", async () => {
  const rows = fc.array(
    fc.tuple(fc.constantFrom("AAA", "BBB", "CCC"), fc.double({ min: 1e-6, max: 1e9, noNaN: true })),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(rows, async (drawn) => {
      // symbols of their own for each run, so that runs do not meet
      const prefix = `R${run++}-`;
      const text = [header, ...drawn.map(([s, close], hour) => lineOf(prefix + s, hour, close))].join("\n");
      await load("mixture.csv", text);
      for (const symbol of new Set(drawn.map(([s]) => s))) {
        const bars = await readBars(workspace, { symbol: prefix + symbol, timeframe: "1h" });
        const own = drawn.map(([s, close], hour) => ({ s, close, hour })).filter(({ s }) => s === symbol);
        expect(Array.from(bars.close)).toEqual(own.map(({ close }) => close));
        expect(Array.from(bars.closeTime)).toEqual(own.map(({ hour }) => START + (hour + 1) * HOUR_MS));
      }
      const again = await load("mixture.csv", text);
      expect(again.series.map(({ added, replaced }) => added + replaced)).toEqual(again.series.map(() => 0));
    }),
    { numRuns: 12 },
  );
});

test("a file broken anywhere is refused as a whole: no byte of the store changes", async () => {
  const lines = [header];
  for (let hour = 0; hour < 40; hour++)
    for (const s of ["XA", "XB", "XC"]) lines.push(lineOf(s, hour, 100 + hour));
  await load("whole.csv", lines.slice(0, 61).join("\n"));
  const before = await contentOf(workspace.dir);
  const damage = fc.oneof(
    fc.constantFrom("NaN", "Infinity", "-1", "0", "", "1e999", "yes", "1,5").map((field) => ({ field })),
    fc
      .constantFrom("twice" as const, "back" as const, "short" as const, "differs" as const, "gzip" as const)
      .map((kind) => ({ kind })),
  );
  await fc.assert(
    fc.asyncProperty(
      damage,
      fc.integer({ min: 10, max: 118 }),
      fc.integer({ min: 2, max: 5 }),
      async (how, at, column) => {
        const broken = [...lines];
        let content: string | Uint8Array | undefined;
        if ("field" in how) {
          const fields = broken[at]!.split(",");
          fields[column] = how.field;
          broken[at] = fields.join();
        } else if (how.kind === "twice") broken.splice(at, 0, broken[at]!);
        else if (how.kind === "back") [broken[at - 3], broken[at]] = [broken[at]!, broken[at - 3]!];
        else if (how.kind === "short") broken[at] = broken[at]!.split(",").slice(0, 4).join();
        else if (how.kind === "differs")
          broken[1 + (at % 60)] = lineOf(["XA", "XB", "XC"][(at % 60) % 3]!, Math.floor((at % 60) / 3), 77);
        else {
          const whole = gzipSync(lines.join("\n"));
          content = whole.subarray(0, 20 + Math.floor(((whole.length - 21) * at) / 118));
        }
        const thrown: unknown = await load("broken.csv", content ?? broken.join("\n")).then(
          () => null,
          (fault: unknown) => fault,
        );
        expect(thrown instanceof DataError || thrown instanceof UsageError).toBe(true);
        expect((thrown as Error).message).toContain("broken.csv");
        expect(await contentOf(workspace.dir)).toEqual(before);
      },
    ),
    { numRuns: 60 },
  );
});
