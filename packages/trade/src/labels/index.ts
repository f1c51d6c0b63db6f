import { threeClass } from "./threeClass.ts";

export * from "./labeler.ts";

/** All labelers by the name that recipes use. */
export const labelParts = [threeClass] as const;
