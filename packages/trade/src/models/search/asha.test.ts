import { describe, expect, it } from "vitest";
import { type AshaJob, promotion, rungBudgets } from "./asha.ts";

const job = (settings: number, rung: number, loss: number | undefined): AshaJob => ({
  settings,
  rung,
  values: {},
  loss,
});
const found = (jobs: AshaJob[], reduction = 2): [number, number] | null => {
  const next = promotion(jobs, 3, reduction);
  return next ? [next.settings, next.rung] : null;
};

describe("promotion", () => {
  it("promotes the best of a rung as soon as it is in the first 1/η, by hand", () => {
    const jobs = [job(0, 0, 0.5)];
    // one done: ⌊1/2⌋ = 0 to promote
    expect(found(jobs)).toBeNull();
    jobs.push(job(1, 0, 0.3));
    expect(found(jobs)).toEqual([1, 0]);
    jobs.push(job(1, 1, undefined));
    // promoted already, and the new rung has nothing done
    expect(found(jobs)).toBeNull();
    jobs.push(job(2, 0, 0.4), job(3, 0, 0.6));
    // of four two: settings 1 (promoted) and 2
    expect(found(jobs)).toEqual([2, 0]);
    jobs[2] = job(1, 1, 0.2);
    jobs.push(job(2, 1, 0.1));
    // the higher rung goes first: of its two, settings 2
    expect(found(jobs)).toEqual([2, 1]);
    jobs.push(job(2, 2, undefined));
    expect(found(jobs)).toBeNull();
  });

  it("never promotes what failed, nor out of the last rung", () => {
    expect(found([job(0, 0, Infinity), job(1, 0, Infinity)])).toBeNull();
    expect(found([job(0, 2, 0.1), job(1, 2, 0.2)])).toBeNull();
  });

  it("takes the older of two equals", () => {
    expect(found([job(4, 0, 0.1), job(2, 0, 0.1), job(3, 0, 0.1)], 3)).toEqual([2, 0]);
  });
});

it("spaces the budgets by η, the last one whole", () => {
  expect(rungBudgets({ minBudget: 1, maxBudget: 9, reduction: 3 })).toEqual([1, 3, 9]);
  expect(rungBudgets({ minBudget: 2, maxBudget: 10, reduction: 2 })).toEqual([2, 4, 8, 10]);
});
