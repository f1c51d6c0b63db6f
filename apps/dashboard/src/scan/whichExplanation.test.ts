import { expect, it } from "vitest";
import { explanationQuery, isOf, tellsOtherRow } from "./whichExplanation.ts";

const query = explanationQuery({ symbol: "RJF" }, { model: "scanner-1", as_of: "2020-01-11T00:00:00Z" });
const status = {
  ...({ state: "running", jobId: "explanation-1", request: query, stage: "starting", done: 0 } as const),
  ...{ total: null, secondsLeft: null, error: null, startedAt: null },
};

it("asks for the close that was scanned, whatever has been stored since", () => {
  expect(query).toEqual({ model: "scanner-1", symbol: "RJF", at: "2020-01-11T00:00:00Z" });
});

it("takes a job for a candidate's own only where model, symbol and moment are the same", () => {
  expect(isOf(status, query)).toBe(true);
  expect(isOf(undefined, query)).toBe(false);
  expect(isOf({ ...status, request: null }, query)).toBe(false);
  for (const change of [{ symbol: "PKI" }, { model: "scanner-2" }, { at: "2019-01-01T00:00:00Z" }])
    expect(isOf({ ...status, request: { ...query, ...change } }, query)).toBe(false);
});

it("notices that the row is another one by now", () => {
  const row = { as_of: "2020-01-11T00:00:00Z", probabilities: { BUY: 0.473, HOLD: 0.241, SELL: 0.286 } };
  expect(tellsOtherRow({ ...row, as_of: "2020-01-11T00:00:00.000Z" }, row)).toBe(false);
  const rounded = { BUY: 0.4731, HOLD: 0.2409, SELL: 0.286 };
  expect(tellsOtherRow({ ...row, probabilities: rounded }, row)).toBe(false);
  expect(tellsOtherRow({ ...row, probabilities: { ...rounded, BUY: 0.475 } }, row)).toBe(true);
  expect(tellsOtherRow({ ...row, as_of: "2020-01-10T00:00:00Z" }, row)).toBe(true);
});
