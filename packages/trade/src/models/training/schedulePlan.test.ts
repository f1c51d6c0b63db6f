import { expect, test } from "vitest";
import { schedulePlan } from "./schedulePlan.ts";
import { ScheduleConfig } from "./trainingKeys.ts";

const plan = (config: object, warmupSteps = 0) =>
  schedulePlan(ScheduleConfig.parse(config), { learningRate: 1, warmupSteps }, 6);

test("constant, behind its warm-up", () => {
  const { schedule, endsCycle } = plan({ kind: "constant" }, 3);
  expect([0, 1, 2, 3, 30].map((step) => schedule(step, 40))).toEqual([0.25, 0.5, 0.75, 1, 1]);
  expect(endsCycle).toBeUndefined();
});

test("a half cosine down to a tenth unless another floor is given", () => {
  // half way down: (1 + floor) / 2
  expect(plan({ kind: "cosine" }, 2).schedule(7, 12)).toBeCloseTo(0.55, 12);
  expect(plan({ kind: "cosine", floor: 0 }, 2).schedule(7, 12)).toBeCloseTo(0.5, 12);
  // the learning rate of the house's recipes ends at a tenth of it, bit for bit
  expect(schedulePlan({ kind: "cosine", floor: 0.1 }, { learningRate: 0.0003 }, 6).schedule(12, 12)).toBe(
    0.0003 / 10,
  );
});

test("restarts: cycles of 2 and 4 epochs of 6 steps, their last steps told, behind 5 steps of warm-up too", () => {
  const cycles = { kind: "cosineRestarts", firstCycleEpochs: 2, factor: 2 };
  const { schedule, endsCycle } = plan(cycles);
  expect([0, 12, 36].map((step) => schedule(step, 99))).toEqual([1, 1, 1]);
  expect([6, 24].map((step) => schedule(step, 99))).toEqual([0.5, 0.5].map((v) => expect.closeTo(v, 12)));
  const steps = Array.from({ length: 85 }, (_, i) => i);
  expect(steps.filter((step) => endsCycle!(step))).toEqual([11, 35, 83]);
  const behind = plan(cycles, 5);
  expect(steps.filter((step) => behind.endsCycle!(step))).toEqual([16, 40]);
  expect(behind.schedule(17, 99)).toBe(1);
  expect(behind.schedule(16, 99)).toBeLessThan(0.02);
});

test("one cycle over all steps", () => {
  const { schedule } = plan({ kind: "oneCycle", riseShare: 0.4, initialFactor: 0.1, finalFactor: 0 });
  expect([0, 4, 7, 10].map((step) => schedule(step, 11))).toEqual(
    [0.1, 1, 0.5, 0].map((v) => expect.closeTo(v, 12)),
  );
});
