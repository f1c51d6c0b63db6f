export * from "./constituentIndex.ts";
export * from "./gicsSectors.ts";
export * from "./madeUniverse.ts";
export * from "./parseUniverse.ts";
export * from "./universe.ts";
