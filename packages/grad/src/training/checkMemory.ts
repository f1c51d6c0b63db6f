import { GradUsageError } from "../errors.ts";
import { estimateMemory, type MemoryEstimate } from "./estimateMemory.ts";
import type { TrainingSpec } from "./trainingSpec.ts";

export interface MemoryLimit {
  /** Largest resident memory of the process. */
  limitBytes: number;
  /** What the limit is, for the refusal: "--max-memory is". */
  limitText: string;
  /** Resident memory of the process before the training. */
  baselineBytes: number;
}
/** An estimate with what the process held before; all of it together is `totalBytes`. */
export interface ProcessMemory extends MemoryEstimate {
  baselineBytes: number;
}

/** @throws GradUsageError that names the largest batch that would fit, and parts to run this one in */
export function checkMemory(spec: TrainingSpec, limit: MemoryLimit): ProcessMemory {
  const { limitBytes, limitText, baselineBytes } = limit;
  const estimate = estimateMemory(spec);
  const totalBytes = estimate.totalBytes + baselineBytes;
  if (totalBytes <= limitBytes) return { ...estimate, baselineBytes, totalBytes };
  const room = limitBytes - baselineBytes;
  const batch = largestBatch(spec, room);
  const parts = fewestParts(spec, room);
  const ways = [
    ...(batch === undefined ? [] : [`batch ${batch} would fit (training.batch)`]),
    ...(parts === undefined
      ? []
      : [`training.accumulate ${parts}${batch === undefined ? " would fit" : ""}`]),
  ];
  const { accumulate = 1 } = spec;
  const none = `not even a batch of ${accumulate} would fit, choose a smaller network or a shorter window`;
  throw new GradUsageError(
    `training needs about ${gib(totalBytes)}, ${limitText} ${gib(limitBytes)}: ${ways.join(", or ") || none}`,
  );
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
const fits = (spec: TrainingSpec, room: number): boolean => estimateMemory(spec).totalBytes <= room;

/**
 * By bisection, a batch below the spec's that fits where the next larger one does not; both are multiples of its parts.
 * Memory rises with the batch, but for a percent where the engine splits products of an even number of rows.
 */
export function largestBatch(spec: TrainingSpec, roomBytes: number): number | undefined {
  const { accumulate = 1 } = spec;
  let fitting = 0;
  let tooMany = spec.batch / accumulate;
  while (tooMany - fitting > 1) {
    const middle = (fitting + tooMany) >> 1;
    if (fits({ ...spec, batch: middle * accumulate }, roomBytes)) fitting = middle;
    else tooMany = middle;
  }
  return fitting === 0 ? undefined : fitting * accumulate;
}

/** The fewest parts, more than now, that the batch can be run in so that it fits. */
function fewestParts(spec: TrainingSpec, roomBytes: number): number | undefined {
  const { batch, accumulate = 1 } = spec;
  const divisors = Array.from({ length: batch }, (_, i) => i + 1).filter((parts) => batch % parts === 0);
  return divisors.find((parts) => parts > accumulate && fits({ ...spec, accumulate: parts }, roomBytes));
}
