import { availableParallelism } from "node:os";
import { DAY_MS } from "@orion/trade/core";
import type { BarSeries } from "@orion/trade/market";
import { featuresOfMany } from "@orion/trade/recipe";

const SET = "scanner90";
const BUDGET_S = 5;

/** What the features of many stocks take on all cores; `value` is for a hundred columns, since sets differ a little in number. */
export async function stockFeatures(stocks: readonly BarSeries[]): Promise<{
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly set: string;
  readonly columns: number;
  readonly threads: number;
  /** of all threads, a hundred columns */
  readonly cpuSeconds: number;
  readonly budget: number;
  readonly ratioToBudget: number;
}> {
  const days = stocks[0]?.length ?? 0;
  let values = 0;
  const before = performance.now();
  const cpuBefore = process.cpuUsage();
  const names = await featuresOfMany(
    { features: [{ kind: SET }], bars: stocks, barMs: DAY_MS },
    (index, columns) => {
      for (const column of columns) values += column.length;
      if (columns.some((column) => column.length !== days))
        throw new Error(`${stocks[index]!.instrument} has gaps`);
    },
  );
  const seconds = (performance.now() - before) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (values !== stocks.length * days * names.length) throw new Error(`${values} values were made`);
  const perHundred = (taken: number): number => Number(((taken / names.length) * 100).toPrecision(4));
  return {
    name: `features of ${stocks.length} stocks x ${days} days, a hundred columns`,
    value: perHundred(seconds),
    unit: "s",
    set: SET,
    columns: names.length,
    threads: availableParallelism(),
    cpuSeconds: perHundred((user + system) / 1e6),
    budget: BUDGET_S,
    ratioToBudget: Number((perHundred(seconds) / BUDGET_S).toPrecision(3)),
  };
}
