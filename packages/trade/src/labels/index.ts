import { sixTargets } from "./sixTargets.ts";
import { threeClass } from "./threeClass.ts";

export * from "./labeler.ts";
export * from "./rank.ts";

/** All labelers by the name that recipes use. */
export const labelParts = [threeClass, sixTargets] as const;
