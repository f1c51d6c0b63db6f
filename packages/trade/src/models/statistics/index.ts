export { type InnovationName, innovations } from "./distributions/innovations.ts";
export * from "./garch/fitGarch.ts";
export { type GarchOptions, type GarchSpec, garchSpec } from "./garch/garchSpec.ts";
export * from "./garch/simulateGarch.ts";
