import { expect, it } from "vitest";
import { arrangeRows } from "./arrangeRows.ts";

const rows = [
  { name: "Beta", value: 2 },
  { name: "alpha", value: null },
  { name: "Gamma", value: 1 },
  { name: "delta", value: 2 },
];
const order = (find: string, down: boolean) =>
  arrangeRows(rows, { find, down, textOf: ({ name }) => name, keyOf: ({ value }) => value })
    .map(({ name }) => name)
    .join(" ");

it("sorts either way, keeps the order among equals and what is not known last", () => {
  expect(order("", false)).toBe("Gamma Beta delta alpha");
  expect(order("", true)).toBe("Beta delta Gamma alpha");
});

it("finds rows that have every word in any case", () => {
  expect(order(" TA  e ", false)).toBe("Beta delta");
  expect(order("ta be", false)).toBe("Beta");
  expect(order("none", false)).toBe("");
});

it("may sort by the given order alone, and leaves the rows as they are", () => {
  const given = rows.map(({ name }) => name).join(" ");
  const turned = arrangeRows(rows, { find: "", down: true, textOf: () => "", keyOf: (_row, place) => place });
  expect(turned.map(({ name }) => name).join(" ")).toBe("delta Gamma alpha Beta");
  expect(rows.map(({ name }) => name).join(" ")).toBe(given);
});
