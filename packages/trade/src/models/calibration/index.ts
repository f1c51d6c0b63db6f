export * from "./binaryCalibration.ts";
export * from "./calibration.ts";
export * from "./isotonicRegression.ts";
export * from "./reliability.ts";
export * from "./temperatureScaling.ts";
