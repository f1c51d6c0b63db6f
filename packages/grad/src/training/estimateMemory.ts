import { bytesOf, liveness } from "../graph/liveness.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { buildObjective, buildTrainingGraph, updateOutputs } from "./buildTrainingGraph.ts";
import { checkSpec } from "./checkSpec.ts";
import { tableBytes } from "./dropoutPool.ts";
import type { TrainingSpec } from "./trainingSpec.ts";

/** What a training will hold in memory at its peak. */
export interface MemoryEstimate {
  /** Two sets of the parameters: a step reads one and writes the other. */
  parametersBytes: number;
  /** Two sets of AdamW's moments and, where it is kept, of the average; the sums of gradients of a batch in parts. */
  optimizerBytes: number;
  /** Results of one part's forward and backward pass that are alive at once, gradients included. */
  activationsBytes: number;
  /**
   * The rest: the fed batch, tables of dropout masks, validation's own activations, what ONNX Runtime keeps for each
   * node, blocks of its allocator that stay unused, and copies of the state for a checkpoint and the best epoch.
   */
  workspaceBytes: number;
  totalBytes: number;
}

const MIB = 2 ** 20;
/** Measured with ONNX Runtime 1.30 on Linux x64, see docs/performance.md: its libraries and what it keeps for a node. */
const RUNTIME_BYTES = 66 * MIB;
const NODE_BYTES = 6000;
/** Blocks of the allocator are split and joined again, and some lie idle: more of what is alive at once. */
const IDLE_SHARE = 0.45;
/** Copies of each parameter for a checkpoint (state, bytes) and the best epoch, until they are collected. */
const STATE_COPIES = 10;

/**
 * What the training of a spec will add to the process's memory, by its graphs alone: nothing is opened and no number
 * computed. The training graph is walked in execution order at the rows of a part (`liveness`). Throws GradUsageError
 * where the spec is wrong.
 */
export function estimateMemory(spec: TrainingSpec): MemoryEstimate {
  checkSpec(spec);
  const { graph, loss, metrics, gradients, layout, update } = buildTrainingGraph(spec);
  const outputs: Tensor[] = [loss, ...Object.values(metrics)];
  if (update) outputs.push(...Object.values(updateOutputs(update, layout)));
  layout.groups.forEach(({ members }, i) => {
    if (!update || members.length > 1) outputs.push(gradients[i]!);
  });
  const training = liveness(graph.nodes, outputs);
  const objective = buildObjective(spec, { rows: spec.batch, training: false, fused: true });
  const validation = liveness(objective.graph.nodes, [objective.loss, ...Object.values(objective.metrics)]);

  const setBytes = 4 * layout.length;
  const averages = spec.averageDecay === undefined ? 0 : 1;
  const sums = update ? 0 : 4 * layout.groups.reduce((sum, { size }) => sum + size, 0);
  const parametersBytes = 2 * setBytes;
  const optimizerBytes = 2 * ((2 + averages) * setBytes + sums);
  const activationsBytes = training.peakBytes;
  const fedBytes = objective.graph.inputs.reduce((sum, { tensor }) => sum + bytesOf(tensor), 0);
  const largest = new Map<number, number>();
  for (const { rate, tensor } of graph.dropouts)
    largest.set(rate, Math.max(largest.get(rate) ?? 0, sizeOf(tensor.shape)));
  const tablesBytes = [...largest.values()].reduce((sum, size) => sum + tableBytes(size), 0);
  const workspaceBytes = Math.round(
    RUNTIME_BYTES +
      NODE_BYTES * (training.nodes + validation.nodes) +
      fedBytes +
      tablesBytes +
      IDLE_SHARE * activationsBytes +
      (1 + IDLE_SHARE) * validation.peakBytes +
      (STATE_COPIES + averages) * setBytes,
  );
  const totalBytes = parametersBytes + optimizerBytes + activationsBytes + workspaceBytes;
  return { parametersBytes, optimizerBytes, activationsBytes, workspaceBytes, totalBytes };
}
