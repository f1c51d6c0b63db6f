import { DataError, UsageError } from "../core/errors.ts";
import {
  type CopulaFamily,
  type CopulaFit,
  type CopulaName,
  copulaFamilies,
  copulaNames,
  filterVolatility,
  fitCopula,
  selectCopula,
} from "../models/statistics/index.ts";
import { logReturns, readNumberColumns } from "./statsColumns.ts";

export interface StatsCopulaRequest {
  readonly file: string;
  readonly columns: readonly [string, string];
  /** a family, or auto: the lowest AIC of all that can have the data's sign */
  readonly family: string;
  readonly prices?: boolean;
  /** margins of the standardised residuals of a GARCH(1,1) of each column */
  readonly garch?: boolean;
  readonly signal?: AbortSignal;
}

export interface StatsCopula extends Omit<CopulaFit, "converged" | "reason"> {
  readonly columns: readonly [string, string];
  readonly margins: string;
  /** in probabilities of the first column's own distribution, given the second at one of its quantiles */
  readonly conditionalQuantiles: readonly {
    readonly second: number;
    readonly first: Readonly<Record<"0.05" | "0.5" | "0.95", number>>;
  }[];
  /** every family that was tried, lowest AIC first */
  readonly candidates: readonly {
    readonly family: string;
    readonly aic: number | null;
    readonly reason: string | null;
  }[];
}

/** Fits a copula to two columns of a user's file (`fitCopula`, `selectCopula`). */
export async function statsCopula(request: StatsCopulaRequest): Promise<StatsCopula> {
  const { file, columns, family, prices = false, garch = false, signal } = request;
  if (family !== "auto" && !Object.hasOwn(copulaFamilies, family)) {
    throw new UsageError(`--family ${family}: choose auto or one of ${copulaNames.join(", ")}`);
  }
  const [first, second] = columns;
  if (first.toLowerCase() === second.toLowerCase()) {
    throw new UsageError(`--columns ${first},${second}: name two different columns`);
  }
  const read = await readNumberColumns(file, columns, signal);
  const methods: string[] = [];
  const [x, y] = columns.map((name) => {
    const values = read.columns[name]!;
    const returns = prices ? logReturns(values, name) : values;
    if (!garch) return returns;
    const filter = filterVolatility(returns);
    methods.push(`${name}: ${filter.method}${filter.fallback ? ` (${filter.fallback})` : ""}`);
    return filter.standardised;
  }) as [Float64Array, Float64Array];
  const rows = Array.from(x.keys()).filter((t) => !Number.isNaN(x[t]) && !Number.isNaN(y[t]));
  const [u, v] = [x, y].map((c) => Float64Array.from(rows, (t) => c[t]!)) as [Float64Array, Float64Array];
  const { best, all } =
    family === "auto" ? selectCopula(u, v) : alone(fitCopula(u, v, family as CopulaName), columns);
  const { converged: _, reason: __, ...told } = best;
  return {
    columns,
    margins: garch ? `ranks of standardised residuals, ${methods.join("; ")}` : "ranks",
    ...told,
    conditionalQuantiles: conditionalQuantiles(best),
    candidates: all.map((fit) => ({
      family: fit.family,
      aic: Number.isFinite(fit.aic) ? fit.aic : null,
      reason: fit.reason,
    })),
  };
}

function alone(fit: CopulaFit, columns: readonly string[]): { best: CopulaFit; all: readonly CopulaFit[] } {
  if (fit.converged) return { best: fit, all: [fit] };
  throw new DataError(
    `copula ${fit.family} of ${columns.join(" and ")}: ${fit.reason}; try --family auto (Kendall's tau is ${fit.kendall.toFixed(3)})`,
  );
}

function conditionalQuantiles(fit: CopulaFit): StatsCopula["conditionalQuantiles"] {
  const params = Object.values(fit.params);
  const family: CopulaFamily | null = fit.family === "independence" ? null : copulaFamilies[fit.family];
  const at = (p: number, v: number): number => (family ? family.conditionalQuantile(p, v, params) : p);
  return [0.05, 0.5, 0.95].map((second) => ({
    second,
    first: { "0.05": at(0.05, second), "0.5": at(0.5, second), "0.95": at(0.95, second) },
  }));
}
