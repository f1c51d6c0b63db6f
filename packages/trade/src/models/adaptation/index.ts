export * from "./comparePaired.ts";
export * from "./continueSignalNet.ts";
export * from "./replayRows.ts";
export * from "./reptile.ts";
