export { readOnnxMetadata } from "./encode/onnxMetadata.ts";
export type { OnnxPort, OnnxSummary } from "./encode/onnxSummary.ts";
export { readOnnxSummary } from "./encode/onnxSummary.ts";
export type { NodeAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "./encode/onnxWriter.ts";
export { writeOnnx } from "./encode/onnxWriter.ts";
export { GradDataError, GradUsageError } from "./errors.ts";
export type { Explainer, ExplainerOptions } from "./explain/createExplainer.ts";
export { createExplainer } from "./explain/createExplainer.ts";
export type { KnownNetwork } from "./explain/exportNetwork.ts";
export { exportNetwork, offeredOutputs } from "./explain/exportNetwork.ts";
export type { IntegratedGradients, IntegratedGradientsOptions } from "./explain/integratedGradients.ts";
export { integratedGradients } from "./explain/integratedGradients.ts";
export type { NetworkOutput } from "./explain/networkOutputs.ts";
export { networkOutputs } from "./explain/networkOutputs.ts";
export type { NamedParameter, NamedParameters } from "./explain/readParameters.ts";
export { readParameters } from "./explain/readParameters.ts";
export { alteredBuilder } from "./graph/alteredBuilder.ts";
export { countParameters } from "./graph/countParameters.ts";
export type { GraphBuilder, Initializer, ParameterOptions } from "./graph/graphBuilder.ts";
export type { Shape } from "./graph/shape.ts";
export type { DType, FloatType, Tensor } from "./graph/tensor.ts";
export type { Attended, AttentionOptions } from "./layers/attention.ts";
export { attend, multiHeadAttention, scaledDotProductAttention } from "./layers/attention.ts";
export type { CausalConvolutionOptions } from "./layers/causalConvolution.ts";
export { causalConvolution, depthwiseCausalConvolution } from "./layers/causalConvolution.ts";
export { dropout } from "./layers/dropout.ts";
export { embedding, learnedPositions } from "./layers/embedding.ts";
export { attentionFusion, gatedFusion, temporalAttentionPooling } from "./layers/fusion.ts";
export { gru } from "./layers/gru.ts";
export { layerNorm, layerNormLinear } from "./layers/layerNorm.ts";
export { linear } from "./layers/linear.ts";
export type { Recurrent, RecurrentOptions } from "./layers/lstm.ts";
export { lstm } from "./layers/lstm.ts";
export type { MlstmInputs, MlstmMemoryOptions, MlstmOptions } from "./layers/mlstm.ts";
export { mlstm, mlstmParallel, mlstmRecurrent } from "./layers/mlstm.ts";
export { sinusoidalPositions } from "./layers/sinusoidalPositions.ts";
export type { SlstmOptions } from "./layers/slstm.ts";
export { slstm } from "./layers/slstm.ts";
export { timeFirst } from "./layers/timeSteps.ts";
export type { TransformerBlockOptions, TransformerEncoderConfig } from "./layers/transformerEncoder.ts";
export { transformerBlock, transformerEncoder } from "./layers/transformerEncoder.ts";
export type { MlstmBlockOptions, SlstmBlockOptions } from "./layers/xlstmBlocks.ts";
export { headNorm, mlstmBlock, silu, slstmBlock } from "./layers/xlstmBlocks.ts";
export { accuracy } from "./losses/accuracy.ts";
export type { CrossEntropyOptions } from "./losses/crossEntropy.ts";
export { crossEntropy } from "./losses/crossEntropy.ts";
export { huber } from "./losses/huber.ts";
export { meanAbsoluteError, meanSquaredError } from "./losses/meanSquaredError.ts";
export type { WeightedTasks } from "./losses/uncertaintyWeighting.ts";
export { uncertaintyWeighting } from "./losses/uncertaintyWeighting.ts";
export { and, cast, equal, greater, less, not, where } from "./ops/comparison.ts";
export {
  abs,
  add,
  clip,
  div,
  erf,
  exp,
  gelu,
  log,
  max,
  min,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  sigmoid,
  sign,
  softplus,
  sqrt,
  step,
  stopGradient,
  sub,
  tanh,
} from "./ops/elementwise.ts";
export { argMax, gather, oneHot } from "./ops/indexing.ts";
export { concat, expand, pad, reshape, slice, split, transpose } from "./ops/layout.ts";
export { fusedMatMul, gemm, matmul } from "./ops/matrix.ts";
export { layerNormalization, logSoftmax, normalize, softmax } from "./ops/normalization.ts";
export { reduceMax, reduceMean, reduceSum, reduceSumSquare } from "./ops/reduction.ts";
export type { AdamWOptions } from "./optimizers/adamW.ts";
export type { Device, DeviceFinding } from "./runtime/device.ts";
export { DEVICES } from "./runtime/device.ts";
export type { Peak } from "./runtime/measurePeak.ts";
export { measurePeak } from "./runtime/measurePeak.ts";
export type { Predictor } from "./runtime/predictor.ts";
export { loadPredictor } from "./runtime/predictor.ts";
export type { TablePredictor } from "./runtime/tablePredictor.ts";
export { loadTablePredictor } from "./runtime/tablePredictor.ts";
export type { ChosenDevice } from "./runtime/tryDevice.ts";
export { chooseDevice, tryDevice } from "./runtime/tryDevice.ts";
export type { Schedule } from "./schedules/schedule.ts";
export {
  constantRate,
  cosineRestarts,
  endsCycle,
  oneCycle,
  warmupCosine,
  withWarmup,
} from "./schedules/schedule.ts";
export type { BatchSource } from "./training/batchSource.ts";
export { emptyBatch } from "./training/batchSource.ts";
export type { MemoryLimit, ProcessMemory } from "./training/checkMemory.ts";
export { checkMemory } from "./training/checkMemory.ts";
export type { EpochRecord, Snapshot } from "./training/checkpoint.ts";
export { createTrainingProgram } from "./training/createTrainingProgram.ts";
export type { MemoryEstimate } from "./training/estimateMemory.ts";
export { estimateMemory } from "./training/estimateMemory.ts";
export { evaluateSource } from "./training/evaluateSource.ts";
export type { ExportOptions } from "./training/exportForward.ts";
export { exportForward } from "./training/exportForward.ts";
export { exportTable } from "./training/exportTable.ts";
export type { FitOptions, FitProgress, FitResult } from "./training/fit.ts";
export { fit } from "./training/fit.ts";
export type { ParameterSlot } from "./training/parameterLayout.ts";
export type {
  EvaluationResult,
  StepResult,
  TrainingProgram,
  TrainingState,
  Weights,
} from "./training/trainingProgram.ts";
export type { Batch, Network, Objective, TargetSpec, TrainingSpec } from "./training/trainingSpec.ts";
