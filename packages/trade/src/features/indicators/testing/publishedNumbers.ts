import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** Numbers as somebody printed them. */
export interface Published {
  /** NaN where the field is empty */
  readonly values: Float64Array;
  /** the unit of the last decimal that is printed anywhere in the column */
  readonly unit: number;
}

/** Inputs and outputs of one indicator; an output's last row belongs to the inputs' last row. */
export interface PublishedCase {
  readonly inputs: readonly Published[];
  readonly outputs: readonly Published[];
}

/** The tables of a file of this folder, by name, each with its columns by name. */
export function publishedTables(
  file: "stockcharts.txt" | "lean.txt",
): Record<string, Record<string, Published>> {
  return Object.fromEntries(
    blocks(file).map(([name, [header, ...rows]]) => {
      const fields = rows.map((row) => row.split(","));
      const columns = header!
        .split(",")
        .map((column, c) => [column, published(fields.map((f) => f[c] ?? ""))]);
      return [name, Object.fromEntries(columns)];
    }),
  );
}

/** The cases of Tulip Indicators by their heading, such as `sma 5 atoz`. */
export function tulipCases(): Record<string, PublishedCase> {
  return Object.fromEntries(
    blocks("tulip.txt").map(([name, lines]) => {
      const side = (mark: string): Published[] =>
        lines.filter((l) => l.startsWith(mark)).map((l) => published(l.slice(2).split(",").filter(Boolean)));
      return [name, { inputs: side("<"), outputs: side(">") }];
    }),
  );
}

/** How near is near enough, and which rows of theirs count. */
export interface Nearness {
  /** units of the last decimal printed; more than half of one where the publisher rounded steps in between */
  readonly units?: number;
  /** share of the value, and an amount; more than 1e-6 and 0 where the publisher reckoned in single precision */
  readonly relative?: number;
  readonly absolute?: number;
  /** rows at the head of theirs that are Orion's warm-up, or whose averages still carry another start */
  readonly skip?: number;
  /** theirs times this is ours */
  readonly factor?: number;
}

/** Fails unless the last rows of `got` are the published ones; empty fields are left out. */
export function expectPublished(
  got: Float64Array,
  { values, unit }: Published,
  { units = 0.5, relative = 1e-6, absolute = 0, skip = 0, factor = 1 }: Nearness = {},
): void {
  let compared = 0;
  for (let i = skip; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    const wanted = values[i]! * factor;
    const value = got[got.length - values.length + i]!;
    const allowed = Math.max(absolute, relative * Math.abs(wanted), 1.0001 * units * unit * factor);
    if (!(Math.abs(value - wanted) <= allowed)) {
      expect.fail(`row ${i} of ${values.length} is ${value}, published ${wanted}`);
    }
    compared++;
  }
  expect(compared).toBeGreaterThan(0);
}

function blocks(file: string): [string, string[]][] {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  return text
    .split(/^@ /m)
    .slice(1)
    .map((block) => {
      const [name, ...lines] = block.trim().split("\n");
      return [name!, lines];
    });
}

function published(fields: readonly string[]): Published {
  const decimals = Math.max(...fields.map((field) => field.split(".")[1]?.length ?? 0), 0);
  return {
    values: Float64Array.from(fields, (field) => (field === "" ? Number.NaN : Number(field))),
    unit: 10 ** -decimals,
  };
}
