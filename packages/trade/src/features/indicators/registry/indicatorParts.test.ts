import { describe, expect, it } from "vitest";
import { indicatorContract } from "./indicatorContract.ts";
import { findIndicator, indicatorParts } from "./indicatorParts.ts";

describe.each(indicatorParts.map((part) => [part.name, part] as const))("indicator %s", (_, part) => {
  indicatorContract(part);
});

describe("the registry", () => {
  it("has each name once, and words on every indicator", () => {
    const names = indicatorParts
      .flatMap((part) => [part.name, ...part.aliases])
      .map((name) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    for (const part of indicatorParts) {
      for (const words of [part.name, part.title, part.formula, part.source]) expect(words).toMatch(/\S/);
    }
  });

  it("finds an indicator in any case, and names the nearest for one that is not there", () => {
    expect(findIndicator("RSI").name).toBe("rsi");
    expect(() => findIndicator("rsii")).toThrow(/no indicator 'rsii'; did you mean rsi/);
    expect(() => findIndicator("zzzzzzzz")).toThrow(/indicator --list/);
  });
});
