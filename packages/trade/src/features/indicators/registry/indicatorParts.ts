import { UsageError } from "../../../core/errors.ts";
import { futuresIndicators } from "../futures/index.ts";
import { momentumIndicators } from "../momentum/index.ts";
import { shapeIndicators } from "../shape/index.ts";
import { statisticsIndicators } from "../statistics/index.ts";
import { timeIndicators } from "../time/index.ts";
import { trendIndicators } from "../trend/index.ts";
import { volatilityIndicators } from "../volatility/index.ts";
import { volumeIndicators } from "../volume/index.ts";
import type { Indicator } from "./indicator.ts";
import { nearestNames } from "./nearestNames.ts";

/** All indicators by family, in the order in which they are shown. */
export const indicatorFamilies: Readonly<Record<string, readonly Indicator[]>> = {
  trend: trendIndicators,
  momentum: momentumIndicators,
  volatility: volatilityIndicators,
  volume: volumeIndicators,
  shape: shapeIndicators,
  statistics: statisticsIndicators,
  futures: futuresIndicators,
  time: timeIndicators,
};

/** All indicators. */
export const indicatorParts: readonly Indicator[] = Object.values(indicatorFamilies).flat();

/** @throws UsageError that names the nearest ones when there is none of that name */
export function findIndicator(name: string): Indicator {
  const found = indicatorParts.find((part) =>
    [part.name, ...part.aliases].some((known) => known.toLowerCase() === name.toLowerCase()),
  );
  if (found) return found;
  const near = nearestNames(
    name,
    indicatorParts.flatMap((part) => [part.name, ...part.aliases]),
  );
  throw new UsageError(
    `there is no indicator '${name}'; ${near.length > 0 ? `did you mean ${near.join(", ")}? ` : ""}'orion indicator --list' names all`,
  );
}
