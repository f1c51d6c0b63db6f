import { z } from "zod";
import { seededRandom } from "../../core/random.ts";
import { checkFit } from "./checkTabular.ts";
import { type FittedStack, metaTable, stackOf } from "./openStack.ts";
import { pickRows } from "./pickRows.ts";
import { metaNames } from "./stackManifest.ts";
import type { FittedTabular, TabularContext, TabularData, TabularModel } from "./tabularModel.ts";
import { fitVote } from "./vote.ts";

export const TabularEnsembleConfig = z.strictObject({
  /** seeds: the same rows, another seed each; bagging: rows drawn anew for each, and another seed */
  by: z.enum(["seeds", "bagging"]).default("seeds"),
  members: z.int().min(2).max(100).default(5),
  /** bagging: rows drawn in one piece, as neighbours in time share their outcome; 1 draws them one by one */
  blockRows: z.int().min(1).default(1),
});
export type TabularEnsembleConfig = z.output<typeof TabularEnsembleConfig>;

/** Distance between the seeds of members: that of the golden ratio in 32 bits, so that neighbouring runs share none. */
const SEED_STEP = 0x9e3779b9;
const DRAWS = 50;

/**
 * One kind of model several times over, the mean of what the members tell. Bagging (Breiman 1996) draws as many rows as there
 * are, with replacement, in blocks of `blockRows` neighbours from a random place (Künsch 1989); a draw that misses a class is
 * drawn again. The result is a stack whose meta-learner is the vote of equal weights.
 */
export async function fitTabularEnsemble(
  model: TabularModel,
  config: TabularEnsembleConfig,
  train: TabularData,
  validation: TabularData | undefined,
  context: TabularContext,
): Promise<FittedStack> {
  checkFit(model, train, validation);
  const opened: FittedTabular[] = [];
  try {
    for (let m = 0; m < config.members; m++) {
      const seed = (context.seed + m * SEED_STEP) | 0;
      const rows = config.by === "seeds" ? train : pickRows(train, drawnRows(train, config.blockRows, seed));
      opened.push(
        await model.fit(rows, validation, {
          ...context,
          seed,
          onUpdate: (update) =>
            context.onUpdate?.({ ...update, stage: `member ${m + 1} of ${config.members}` }),
        }),
      );
    }
    const names = opened.map((_, m) => `member${m + 1}`);
    const { outputs } = opened[0]!;
    const told = opened.map(() => new Float32Array(train.table.rows * outputs.length));
    const meta = await fitVote(
      { weights: "equal" },
      { ...train, table: metaTable(metaNames(names, outputs), train.table.rows, told, outputs.length) },
      undefined,
      { seed: context.seed, ...(context.signal ? { signal: context.signal } : {}) },
    );
    opened.push(meta);
    return stackOf(opened.slice(0, -1), meta, {
      names: [...train.table.names],
      members: names.map((name, m) => ({ name, manifest: opened[m]!.manifest })),
      meta: meta.manifest,
      notes: [`${config.members} members by ${config.by}`],
    });
  } catch (error) {
    await Promise.all(opened.map((fitted) => fitted.close()));
    throw error;
  }
}

function drawnRows({ table, target }: TabularData, blockRows: number, seed: number): Int32Array {
  const random = seededRandom(seed);
  const { rows } = table;
  const wanted = target.kind === "classes" ? new Set(target.y).size : 0;
  let drawn = new Int32Array(rows);
  for (let draw = 0; draw < DRAWS; draw++) {
    drawn = new Int32Array(rows);
    for (let at = 0; at < rows; at += blockRows) {
      const from = random.below(rows);
      for (let i = at; i < Math.min(rows, at + blockRows); i++) drawn[i] = (from + i - at) % rows;
    }
    if (target.kind === "values" || new Set(drawn.map((i) => target.y[i]!)).size === wanted) break;
  }
  return drawn.sort();
}
