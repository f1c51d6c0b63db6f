import { clayton } from "./clayton.ts";
import type { CopulaFamily } from "./copula.ts";
import { frank } from "./frank.ts";
import { gaussian } from "./gaussian.ts";
import { gumbel } from "./gumbel.ts";
import { joe } from "./joe.ts";
import { rotate } from "./rotate.ts";
import { studentT } from "./studentT.ts";

/** All families by the name that options use; a number behind a name is the rotation in degrees. */
export const copulaFamilies = {
  gaussian,
  t: studentT,
  clayton,
  clayton90: rotate(clayton, 90),
  clayton180: rotate(clayton, 180),
  clayton270: rotate(clayton, 270),
  gumbel,
  gumbel90: rotate(gumbel, 90),
  gumbel180: rotate(gumbel, 180),
  gumbel270: rotate(gumbel, 270),
  frank,
  joe,
  joe90: rotate(joe, 90),
  joe180: rotate(joe, 180),
  joe270: rotate(joe, 270),
} as const satisfies Record<string, CopulaFamily>;

export type CopulaName = keyof typeof copulaFamilies;
export const copulaNames = Object.keys(copulaFamilies) as CopulaName[];
