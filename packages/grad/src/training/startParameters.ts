import { GradUsageError } from "../errors.ts";
import type { Parameter } from "../graph/graph.ts";
import { describeShape, sameShape } from "../graph/shape.ts";
import type { ParameterLayout } from "./parameterLayout.ts";
import { initialize } from "./seeded.ts";
import type { TrainingSpec } from "./trainingSpec.ts";

/** Fills the flat buffer with the first values: those given by name, else those drawn by the seed. */
export function startParameters(
  into: Float32Array,
  parameters: readonly Parameter[],
  { slots }: ParameterLayout,
  { initial, freeze, seed }: Pick<TrainingSpec, "initial" | "freeze" | "seed">,
): void {
  const known = new Set(parameters.map((p) => p.name));
  for (const name of initial?.keys() ?? [])
    if (!known.has(name))
      throw new GradUsageError(
        `initial: the network has no parameter "${name}"; it has ${[...known].slice(0, 8).join(", ")}, …`,
      );
  slots.forEach(({ name, shape, offset, size }, i) => {
    const place = into.subarray(offset, offset + size);
    const given = initial?.get(name);
    if (given) {
      if (!sameShape(given.shape, shape) || given.values.length !== size)
        throw new GradUsageError(
          `initial: parameter "${name}" is ${describeShape(given.shape)}, in this network ${describeShape(shape)}`,
        );
      place.set(given.values);
    } else if (initial && freeze?.(name))
      throw new GradUsageError(
        `freeze: "${name}" would stay at random values, for "initial" does not have it`,
      );
    else initialize(place, name, parameters[i]!.init, seed);
  });
}
