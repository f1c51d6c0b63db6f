import type { OpName } from "./attributes.ts";
import { comparison } from "./comparison.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { layout } from "./layout.ts";
import { matrix } from "./matrix.ts";
import { normalization } from "./normalization.ts";
import type { Ops } from "./op.ts";
import { recurrence } from "./recurrence.ts";
import { reduction } from "./reduction.ts";

/** Every operation. A name without shape, gradient or emission does not compile. */
export const operationTable: Ops<OpName> = {
  ...elementwise,
  ...comparison,
  ...matrix,
  ...layout,
  ...indexing,
  ...reduction,
  ...normalization,
  ...recurrence,
};
