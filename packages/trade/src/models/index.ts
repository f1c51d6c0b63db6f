export {
  type KnownNetwork,
  measurePeak,
  type NamedParameters,
  type OnnxSummary,
  readOnnxSummary,
  readParameters,
} from "@orion/grad";
export * from "./adaptation/index.ts";
export * from "./calibration/index.ts";
export * from "./device.ts";
export * from "./ensemble/index.ts";
export * from "./evaluation/index.ts";
export * from "./explain/index.ts";
export * from "./model.ts";
export * from "./networks/index.ts";
export * from "./regimes/index.ts";
export * from "./search/index.ts";
export * from "./sequence/featureMatrix.ts";
export * from "./sequence/strideRows.ts";
export * from "./signalNet/classBalance.ts";
export * from "./signalNet/fitSignalNet.ts";
export * from "./signalNet/signalNet.ts";
export * from "./signalNet/signalNetConfig.ts";
export * from "./signalNet/signalNetManifest.ts";
export * from "./signalNet/signalObjective.ts";
export * from "./statistics/index.ts";
export * from "./tabular/index.ts";
export * from "./trees/index.ts";
export * from "./validation/index.ts";
