import { UsageError } from "../core/errors.ts";
import {
  ewmaCovariance,
  exceedances,
  fitGarch,
  forecastGarch,
  type GarchOptions,
  garchSpec,
  type LevelLosses,
  type RiskBacktest,
  riskBacktest,
  valueAtRisk,
} from "../models/statistics/index.ts";
import { logReturns, readNumberColumns } from "./statsColumns.ts";

export interface StatsGarchRequest {
  readonly file: string;
  /** the file's only one where it is not given */
  readonly column?: string;
  /** the column holds prices: their log returns are taken */
  readonly prices?: boolean;
  readonly model: GarchOptions;
  readonly horizon: number;
  readonly signal?: AbortSignal;
}

export interface StatsGarch {
  readonly column: string;
  readonly model: Readonly<Record<string, unknown>>;
  /** null where the fit has not converged: where the search ended is no estimate */
  readonly params: Readonly<Record<string, number | null>>;
  readonly stdErrors: Readonly<Record<string, number | null>>;
  /** of Bollerslev and Wooldridge */
  readonly robustErrors: Readonly<Record<string, number | null>>;
  readonly logLikelihood: number | null;
  readonly aic: number | null;
  readonly bic: number | null;
  readonly observations: number;
  readonly converged: boolean;
  readonly reason: string | null;
  readonly atBound: readonly string[];
  readonly persistence: number | null;
  readonly longRunVariance: number | null;
  readonly forecast: {
    /** expected, geometric (see `forecastGarch`), or ewma where the fit has not converged */
    readonly method: "expected" | "geometric" | "ewma";
    readonly mean: readonly number[];
    readonly variance: readonly number[];
    readonly volatility: readonly number[];
  };
  readonly risk: readonly LevelLosses[] | null;
  /** of the fit's own rows: a forecast has yet to stand this test out of the sample */
  readonly inSampleBacktest: readonly RiskBacktest[] | null;
  readonly presample: string;
}

const LEVELS = [0.95, 0.99];

/** Fits a GARCH model to one column of a user's file (`fitGarch`), with forecast, losses and their tests. */
export async function statsGarch(request: StatsGarchRequest): Promise<StatsGarch> {
  const { file, column, prices = false, model, horizon, signal } = request;
  const spec = garchSpec.safeParse(model);
  if (!spec.success) {
    const issue = spec.error.issues[0]!;
    throw new UsageError(`stats garch: ${issue.path.join(".")}: ${issue.message}`);
  }
  const read = await readNumberColumns(file, column === undefined ? null : [column], signal);
  const [name, values] = Object.entries(read.columns)[0]!;
  const returns = prices ? logReturns(values, name) : values;
  const fit = fitGarch(returns, spec.data);
  const { converged } = fit;
  const { arLags, ...told } = fit.spec;
  const known = {
    column: name,
    model: fit.spec.mean === "ar" ? { ...told, arLags } : told,
    stdErrors: fit.stdErrors,
    robustErrors: fit.robustErrors,
    observations: fit.observations,
    converged,
    reason: fit.reason,
    atBound: fit.atBound,
    presample: "squared residuals and variances before the first row: the mean of the squared residuals",
  };
  if (!converged) {
    const variance = ewmaCovariance(returns, returns).at(-1)!;
    const path = new Array<number>(horizon).fill(variance);
    return {
      ...known,
      params: Object.fromEntries(fit.names.map((p) => [p, null])),
      logLikelihood: null,
      aic: null,
      bic: null,
      persistence: null,
      longRunVariance: null,
      forecast: {
        method: "ewma",
        mean: path.map(() => 0),
        variance: path,
        volatility: path.map(Math.sqrt),
      },
      risk: null,
      inSampleBacktest: null,
    };
  }
  const { persistence, longRunVariance, method, mean, variance, volatility } = forecastGarch(fit, horizon);
  return {
    ...known,
    params: fit.params,
    logLikelihood: fit.logLikelihood,
    aic: fit.aic,
    bic: fit.bic,
    persistence,
    longRunVariance,
    forecast: { method, mean, variance, volatility },
    risk: valueAtRisk(fit, LEVELS),
    inSampleBacktest: LEVELS.map((level) => riskBacktest(exceedances(fit, level), level)),
  };
}
