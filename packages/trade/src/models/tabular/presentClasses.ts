import { DataError } from "../../core/errors.ts";
import type { TabularData } from "./tabularModel.ts";

/** The classes that have rows of some weight; a model tells them apart and gives the others probability 0. */
export interface PresentClasses {
  /** places in `classes`, ascending */
  readonly places: readonly number[];
  /** [rows] place of each row's class among the present */
  readonly y: Int32Array;
  /** [present] weight of the rows of each */
  readonly weight: Float64Array;
  readonly notes: readonly string[];
}

/** @throws DataError when all rows are of one class */
export function presentClasses({ target, weights }: TabularData, kind: string): PresentClasses {
  if (target.kind !== "classes") throw new DataError(`model '${kind}': these rows have no classes`);
  const { classes, y } = target;
  const all = new Float64Array(classes.length);
  y.forEach((c, i) => {
    all[c]! += weights?.[i] ?? 1;
  });
  const places = classes.flatMap((_, c) => (all[c]! > 0 ? [c] : []));
  if (places.length < 2)
    throw new DataError(
      `model '${kind}': all training rows are of class '${classes[places[0] ?? 0]}': nothing to tell apart, give more rows`,
    );
  const absent = classes.filter((_, c) => !(all[c]! > 0));
  return {
    places,
    y: y.map((c) => Math.max(0, places.indexOf(c))),
    weight: Float64Array.from(places, (c) => all[c]!),
    notes: absent.length > 0 ? [`without training rows, never told: class ${absent.join(", ")}`] : [],
  };
}
