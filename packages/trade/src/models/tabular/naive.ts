import { add, cast, equal, exportTable, mul, slice } from "@orion/grad";
import { z } from "zod";
import { DataError } from "../../core/errors.ts";
import { checkFit } from "./checkTabular.ts";
import { openTabular } from "./openTabular.ts";
import { presentClasses } from "./presentClasses.ts";
import type { FittedTabular, TabularContext, TabularData, TabularPart } from "./tabularModel.ts";

export const NaiveConfig = z.strictObject({});

/**
 * Knows the labels alone: the share of each class, or the mean value, of the training rows, each counted by its weight,
 * the same for every row. The measure of what features are worth: a model that does not beat it has learned nothing.
 */
export async function fitNaive(
  train: TabularData,
  validation: TabularData | undefined,
  context: TabularContext,
): Promise<FittedTabular> {
  checkFit({ kind: "naive", learns: ["classes", "values"] }, train, validation);
  context.signal?.throwIfAborted();
  const { table, target, weights } = train;
  const columns = table.names.length;
  const total = weights ? weights.reduce((a, b) => a + b, 0) : table.rows;
  const answer =
    target.kind === "classes"
      ? new Float64Array(target.classes.length)
      : Float64Array.of(target.y.reduce((sum, y, i) => sum + (y * (weights?.[i] ?? 1)) / total, 0));
  const notes: string[] = [];
  if (target.kind === "classes") {
    const present = presentClasses(train, "naive");
    present.places.forEach((place, i) => {
      answer[place] = present.weight[i]! / total;
    });
    notes.push(...present.notes);
  } else if (!Number.isFinite(Math.fround(answer[0]!)))
    throw new DataError("model 'naive': labels beyond 32-bit floats: scale them first");
  const onnx = exportTable(
    (g, x) => {
      const first = slice(g, x, 1, 0, 1);
      // a graph has to read its input for its answer to have a row for each of its rows
      const none = mul(g, cast(g, equal(g, first, first), g.float), 0);
      const told = add(g, none, g.constant(answer, [1, answer.length]));
      return target.kind === "classes" ? { probabilities: told } : { value: told };
    },
    columns,
    new Map(),
  );
  return openTabular(onnx, {
    kind: "naive",
    names: [...table.names],
    target:
      target.kind === "classes" ? { kind: "classes", classes: [...target.classes] } : { kind: "values" },
    rows: table.rows,
    notes,
    importance: {},
  });
}

export const naivePart: TabularPart<"naive", typeof NaiveConfig> = {
  kind: "naive",
  config: NaiveConfig,
  create: () => ({ kind: "naive", learns: ["classes", "values"], fit: fitNaive }),
};
