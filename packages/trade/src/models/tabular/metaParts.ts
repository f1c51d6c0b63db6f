import type { AnyPart } from "../../core/parts.ts";
import type { TabularModel } from "./tabularModel.ts";
import { tabularParts } from "./tabularParts.ts";
import { votePart } from "./vote.ts";

/** What can learn from the predictions of base models: any model of table rows, or the weighted vote. */
export const metaParts = [...tabularParts, votePart] as const satisfies readonly AnyPart<TabularModel>[];
