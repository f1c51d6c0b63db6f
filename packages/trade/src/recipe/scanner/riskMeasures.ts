import { DAY_MS, timeframeMs } from "../../core/time.ts";
import { RISK_FEATURES, type RiskFeature } from "../../models/statistics/riskFeatures.ts";
import type { RiskMeasures } from "../../signals/riskScore.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import type { NamedColumns } from "./scannerTable.ts";

/** Trading days of a year, where exchanges close; days of a year where they do not. */
const SESSIONS = { stock: 252, spot: 365, futures: 365 };

/** Bars of a year: what a bar's volatility is made into a year's with. */
export function barsAYear(recipe: ScannerRecipe): number {
  const { market, timeframe } = recipe.universe;
  return SESSIONS[market] * (DAY_MS / timeframeMs(timeframe));
}

/** The risk figures of one row by name. */
export function riskValues({ columns }: NamedColumns, place: number): Record<RiskFeature, number> {
  return Object.fromEntries(RISK_FEATURES.map((name, c) => [name, columns[c]![place]!])) as Record<
    RiskFeature,
    number
  >;
}

/** What a risk score is made of, of one row. */
export function riskMeasuresOf(columns: NamedColumns, place: number, recipe: ScannerRecipe): RiskMeasures {
  const values = riskValues(columns, place);
  return {
    annualVolatility: values.forecastVolatility * Math.sqrt(barsAYear(recipe)),
    cvar95: values.expectedShortfall95,
    beta: values.beta,
    lowerTailDependence: values.lowerTailSpy,
    volatilityRank: values.volatilityRegime,
  };
}
