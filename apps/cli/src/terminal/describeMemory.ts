import type { TrainingMemory } from "@orion/trade/wire";

/** What a training is expected to need, in GiB. */
export function describeMemory(memory: TrainingMemory): string {
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(2);
  const { estimatedBytes, parametersBytes, optimizerBytes, activationsBytes, otherBytes } = memory;
  return `about ${gib(estimatedBytes)} GiB of memory (parameters ${gib(parametersBytes)}, optimizer ${gib(optimizerBytes)}, activations ${gib(activationsBytes)}, all else ${gib(otherBytes)})`;
}
