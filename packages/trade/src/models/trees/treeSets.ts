import type { TreeSet, TreeSets } from "@orion/trees";
import { DataError } from "../../core/errors.ts";
import { type PresentClasses, presentClasses } from "../tabular/presentClasses.ts";
import type { TabularData } from "../tabular/tabularModel.ts";

export interface PreparedSets {
  sets: Omit<TreeSets, "classWeights">;
  /** which classes the library tells apart; undefined for values */
  present: PresentClasses | undefined;
}

/** Rows as the libraries read them: 32 bits, classes without a gap. */
export function treeSets(
  kind: string,
  train: TabularData,
  validation: TabularData | undefined,
): PreparedSets {
  const tableOf = ({ table }: TabularData) => ({
    values: table.values,
    rows: table.rows,
    features: table.names.length,
  });
  if (train.target.kind === "values") {
    const of = (data: TabularData): TreeSet => ({
      table: tableOf(data),
      targets: narrowed(kind, data),
      ...weightsOf(data),
    });
    return {
      sets: {
        task: { kind: "value" },
        train: of(train),
        ...(validation ? { validation: of(validation) } : {}),
      },
      present: undefined,
    };
  }
  const present = presentClasses(train, kind);
  const task = { kind: "classes", classes: present.places.length } as const;
  const learnt: TreeSet = {
    table: tableOf(train),
    targets: Float32Array.from(present.y),
    ...weightsOf(train),
  };
  const judged = validation && judgedRows(kind, validation, present, tableOf(validation));
  return { sets: { task, train: learnt, ...(judged ? { validation: judged } : {}) }, present };
}

/** A validation row of a class that training does not know cannot be told: it does not count. */
function judgedRows(
  kind: string,
  validation: TabularData,
  { places }: PresentClasses,
  table: TreeSet["table"],
): TreeSet {
  const { target, weights } = validation;
  if (target.kind !== "classes") throw new DataError(`model '${kind}': the validation rows have no classes`);
  const counted = Float32Array.from(target.y, (c, i) => (places.includes(c) ? (weights?.[i] ?? 1) : 0));
  if (!counted.some((w) => w > 0))
    throw new DataError(`model '${kind}': no validation row is of a class that has training rows`);
  return {
    table,
    targets: Float32Array.from(target.y, (c) => Math.max(0, places.indexOf(c))),
    weights: counted,
  };
}

const weightsOf = ({ weights }: TabularData) => (weights ? { weights: Float32Array.from(weights) } : {});

function narrowed(kind: string, { target }: TabularData): Float32Array {
  const targets = Float32Array.from(target.y);
  const at = targets.findIndex((v) => !Number.isFinite(v));
  if (at >= 0)
    throw new DataError(
      `model '${kind}': the label of row ${at} lies beyond 32-bit floats: scale the labels first`,
    );
  return targets;
}
