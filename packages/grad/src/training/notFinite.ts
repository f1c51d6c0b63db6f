import { GradDataError } from "../errors.ts";
import type { ParameterLayout } from "./parameterLayout.ts";

/** The error of a step that is refused: it names the parameter, or the gradient, that is not finite. */
export function notFinite(
  step: number,
  { loss, gradientNorm }: { loss: number; gradientNorm: number },
  found: {
    parameters: Float32Array;
    /** By group: Σ of the gradient's squares. */
    squares: Float32Array;
    /** The gradient of the group of several parameters, where there is one. */
    gradient: Float32Array | undefined;
  },
  { groups, slots }: ParameterLayout,
): GradDataError {
  const broken = (values: Float32Array, offset: number, size: number) =>
    values.subarray(offset, offset + size).some((value) => !Number.isFinite(value));
  const group = groups.find((_, i) => !Number.isFinite(found.squares[i]!));
  const members = (group?.members ?? []).map((i) => slots[i]!);
  // A vector of many parameters: its gradient says which of them it is.
  const gradient = members.find(
    ({ offset, size }) => members.length === 1 || broken(found.gradient!, offset - group!.offset, size),
  );
  const weight = slots.find(({ offset, size }) => broken(found.parameters, offset, size));
  const where = weight
    ? `parameter "${weight.name}" is not finite`
    : gradient
      ? `the gradient of "${gradient.name}" is not finite`
      : "every gradient is finite";
  return new GradDataError(
    `step ${step} is refused: loss ${loss}, gradient norm ${gradientNorm}; ${where}. ` +
      "Check the inputs for NaN or lower the learning rate",
  );
}
