import { pickTable } from "../../models/tabular/pickRows.ts";
import type { Table } from "../../models/tabular/tabularModel.ts";
import type { ScanSignal } from "../../wire/scan.ts";
import type { ScannerModel } from "./scannerModel.ts";

/** Base models whose Shapley values are of log-odds, so that they can be averaged; a forest's are of shares. */
const OF_LOG_ODDS = ["xgboost", "lightgbm"];
const MOST = 8;

/**
 * The features that moved some rows towards or away from BUY most: Shapley values of the raw score of BUY, averaged over the
 * boosted base models. The rows of a model without one have none.
 */
export async function mattered(
  model: ScannerModel,
  table: Table,
  rows: readonly number[],
): Promise<ScanSignal["mattered"][]> {
  const members = model.stack.members.filter(
    (member) => OF_LOG_ODDS.includes(member.kind) && member.contributions,
  );
  const picked = pickTable(table, rows);
  const width = table.names.length;
  const sums = rows.map(() => new Float64Array(width));
  if (rows.length > 0) {
    for (const member of members) {
      const told = await member.contributions!(picked);
      const scores = told.length / rows.length / (width + 1);
      for (const [i, sum] of sums.entries()) {
        // of three classes BUY is the first score
        const at = i * scores * (width + 1);
        for (let f = 0; f < width; f++) sum[f]! += told[at + f]! / members.length;
      }
    }
  }
  return sums.map((sum, i) =>
    Array.from(sum.keys())
      .filter((f) => sum[f] !== 0)
      .sort((a, b) => Math.abs(sum[b]!) - Math.abs(sum[a]!))
      .slice(0, MOST)
      .map((f) => {
        const value = picked.values[i * width + f]!;
        return {
          feature: table.names[f]!,
          value: Number.isFinite(value) ? value : null,
          contribution: sum[f]!,
        };
      }),
  );
}
