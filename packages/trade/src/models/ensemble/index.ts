export * from "./ensembleConfig.ts";
export * from "./ensembleNetwork.ts";
export * from "./fitEnsemble.ts";
export * from "./signalNetworkOf.ts";
