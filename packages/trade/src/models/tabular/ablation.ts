import { DataError } from "../../core/errors.ts";
import { calibrate, fitCalibration } from "../calibration/calibration.ts";
import { type BlockBootstrap, blockBootstrap } from "../evaluation/blockBootstrap.ts";
import { mostProbable } from "../evaluation/classificationReport.ts";
import { logLosses } from "../evaluation/probabilityScores.ts";
import type { PurgedFold } from "../validation/purgedKFold.ts";
import type { StackFit } from "./fitStack.ts";
import { metaTable } from "./openStack.ts";
import { outOfFold } from "./outOfFold.ts";
import { metaNames } from "./stackManifest.ts";
import type { TabularContext, TabularData, TabularModel } from "./tabularModel.ts";

export interface AblationLine {
  /** "stack", "without NAME", "NAME alone", or "naive": the labels' shares or mean in training */
  readonly what: string;
  /** mean log loss of classes, mean squared error of values, with its 95 % interval; null with too few rows */
  readonly loss: number;
  readonly interval: BlockBootstrap["interval"] | null;
  /** share of right classes; null for values */
  readonly accuracy: number | null;
  /** loss less that of the stack, row by row, with its interval: above 0 the stack is better */
  readonly worse: number;
  readonly worseInterval: BlockBootstrap["interval"] | null;
}

export interface AblationOptions {
  /** rows of time that share an outcome: the blocks of the intervals' bootstrap */
  readonly block: number;
  /** folds that the stack was fitted with, for the calibration of the stacks that lack a base */
  readonly folds: readonly PurgedFold[];
  /** told of each line as it is there */
  readonly onLine?: ((what: string) => void) | undefined;
}

/**
 * What each base is worth, on rows outside of training, in time's order: the stack, the stack fitted without each base (its
 * meta-learner and calibration anew on the same out-of-fold predictions), each base alone, and the naive answer.
 */
export async function ablation(
  { stack, outOfFold: told }: StackFit,
  meta: TabularModel,
  train: TabularData,
  validation: TabularData,
  { block, folds, onLine }: AblationOptions,
  context: TabularContext,
): Promise<AblationLine[]> {
  const K = stack.outputs.length;
  const names = stack.manifest.members.map(({ name }) => name);
  const votes = await stack.votes(validation.table, context.signal ? { signal: context.signal } : {});
  const losses = (answer: Float32Array): Float64Array =>
    validation.target.kind === "classes"
      ? logLosses(validation.target.y, answer, K)
      : validation.target.y.map((y, i) => (y - answer[i]!) ** 2);
  const whole = losses(votes.answer);
  const line = (what: string, answer: Float32Array): AblationLine => {
    const own = losses(answer);
    const mean = (values: Float64Array) => ({
      value: values.reduce((a, b) => a + b, 0) / values.length,
      interval:
        blockBootstrap([values], ([sum], rows) => sum! / rows, { block, seed: context.seed })?.interval ??
        null,
    });
    const [loss, worse] = [mean(own), mean(own.map((v, i) => v - whole[i]!))];
    const { target } = validation;
    return {
      what,
      loss: loss.value,
      interval: loss.interval,
      accuracy:
        target.kind === "classes"
          ? mostProbable(answer, K).filter((c, i) => c === target.y[i]).length / target.y.length
          : null,
      worse: worse.value,
      worseInterval: worse.interval,
    };
  };
  const lines: AblationLine[] = [];
  const add = (one: AblationLine): void => {
    lines.push(one);
    onLine?.(one.what);
  };
  add(line("stack", votes.answer));
  if (names.length > 1)
    for (const [m, name] of names.entries()) {
      const kept = names.filter((_, other) => other !== m);
      const columns = metaNames(kept, stack.outputs);
      const table = (from: readonly Float32Array[], rows: number) =>
        metaTable(
          columns,
          rows,
          from.filter((_, other) => other !== m),
          K,
        );
      const data: TabularData = {
        ...train,
        table: table(
          told.map(({ predictions }) => predictions),
          train.table.rows,
        ),
      };
      const fitted = await meta.fit(data, undefined, context);
      try {
        const raw = await fitted.predict(table(votes.members, validation.table.rows));
        const { calibration } = stack.manifest;
        const method =
          calibration?.kind === "temperature" ? "temperature" : (calibration?.maps[0]?.kind ?? undefined);
        const answer = method
          ? calibrate(fitCalibration({ method }, await outOfFold(meta, data, folds, context), train), raw, K)
          : raw;
        add(line(`without ${name}`, answer));
      } finally {
        await fitted.close();
      }
    }
  names.forEach((name, m) => {
    add(line(`${name} alone`, votes.members[m]!));
  });
  add(line("naive", naiveAnswer(train, validation.table.rows, K)));
  return lines;
}

function naiveAnswer({ target, weights }: TabularData, rows: number, K: number): Float32Array {
  const one = new Float64Array(K);
  const total = weights ? weights.reduce((a, b) => a + b, 0) : target.y.length;
  if (!(total > 0)) throw new DataError("ablation: the training rows weigh nothing");
  target.y.forEach((v, i) => {
    const w = (weights?.[i] ?? 1) / total;
    if (target.kind === "classes") one[v]! += w;
    else one[0]! += w * v;
  });
  return Float32Array.from({ length: rows * K }, (_, i) => one[i % K]!);
}
