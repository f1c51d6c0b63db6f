import type { GraphBuilder, Initializer, Tensor } from "@orion/grad";
import { add, gelu, linear, mul, reshape, sigmoid, softplus } from "@orion/grad";
import { UsageError } from "../../core/errors.ts";
import type { Encoding } from "./encoding.ts";

export type TaskGroup = "direction" | "price" | "risk";
export const TASK_GROUPS: readonly TaskGroup[] = ["direction", "price", "risk"];

export interface SixHeadsOptions {
  /** How many horizons the returns are told for; 3 unless said: 1, 4 and 24 periods. */
  horizons?: number;
  /** By horizon, the deviation of the training rows' returns; 1 unless said. */
  returnScales?: readonly number[];
  /** The training rows' mean realised volatility; 1 unless said. */
  volatilityScale?: number;
  /** Width of each head's hidden layer; 128 unless said. */
  hidden?: number;
  /** Which groups' heads are built; all unless said. A network with a trunk a group then trains that group alone. */
  groups?: readonly TaskGroup[];
}

/** Outputs of `sixHeads` with all groups. */
export type SixOutputs = {
  /** [B, horizons], fractions */
  returns: Tensor;
  /** [B, 3]: up, neutral, down */
  directionLogits: Tensor;
  /** [B, 3]: BUY, HOLD, SELL */
  positionLogits: Tensor;
  /** [B], positive, fraction a period */
  volatility: Tensor;
  /** [B], 0..1 */
  confidence: Tensor;
  /** [B], 0..1 */
  risk: Tensor;
};

/** Smallest volatility that is told, in units of its scale: softplus of a very negative number is 0 in float32. */
const SMALLEST_VOLATILITY = 1e-6;

/**
 * Of the layers that say something: small, so that an untrained head knows nothing and says so. Some trunks end in a norm
 * and a maximum over time, whose numbers are large: heads drawn at the usual scale would start with a firm and random opinion
 * of every window, and keep it wherever the training rows do not contradict.
 */
const FIRST_OUTPUT: Initializer = { kind: "normal", standardDeviation: 0.01 };

/**
 * The hybrid's six heads, each W2 gelu(W1 h + b1) + b2 of its group's vector h [B, D], then what its range asks for.
 * With close c and horizon k in periods, at a decision row t:
 *
 * | head (parameters) | reads | output | target | known |
 * | --- | --- | --- | --- | --- |
 * | returnsHead | price | returns [B, 3], s_k times the linear output | c[t+k] / c[t] - 1 for k = 1, 4, 24 | each at the close of t + k, all at t + 24 |
 * | directionHead | direction | directionLogits [B, 3]: up, neutral, down | whether the return over the label's horizon is above, within or below its threshold (0.5 % in the hybrid) | at the close of t + horizon |
 * | positionHead | direction | positionLogits [B, 3]: BUY, HOLD, SELL | what to hold over the label's horizon: BUY or SELL when that trade earns more than its costs, else HOLD | at the close of t + horizon |
 * | volatilityHead | risk | volatility [B] > 0: softplus, times its scale | realised: the root of the mean square of the log returns of t + 1 .. t + horizon, a period | at the close of t + horizon |
 * | confidenceHead | direction | confidence [B] in 0..1: sigmoid | 1 where the direction head was right, else 0 — said of rows that the judged head was not trained on (held-back folds): of its own training rows it would learn how well they were memorised | when that direction is known; not before the fold's model has been fitted |
 * | riskHead | risk | risk [B] in 0..1: sigmoid | the realised drawdown, the largest fall from t's close or a later high to a later low within the horizon, as its rank among the training rows' (0 the mildest, 1 the worst) | at the close of t + horizon |
 *
 * A confidence or risk of 0..1 is the number itself and is learned with a cross entropy or a squared error on it.
 */
export function sixHeads(
  g: GraphBuilder,
  encoding: Encoding,
  options: SixHeadsOptions & { groups?: undefined },
): SixOutputs;
export function sixHeads(
  g: GraphBuilder,
  encoding: Encoding,
  options: SixHeadsOptions,
): Partial<SixOutputs> & Record<string, Tensor>;
export function sixHeads(
  g: GraphBuilder,
  encoding: Encoding,
  options: SixHeadsOptions,
): Record<string, Tensor> {
  const { horizons = 3, volatilityScale = 1, hidden = 128, groups = TASK_GROUPS } = options;
  const { returnScales = Array<number>(horizons).fill(1) } = options;
  check(horizons, returnScales, volatilityScale, groups);
  const head = (h: Tensor, name: string, width: number): Tensor =>
    linear(g, gelu(g, linear(g, h, `${name}.hidden`, hidden)), `${name}.out`, width, { init: FIRST_OUTPUT });
  const column = (x: Tensor): Tensor => reshape(g, x, ["rest"]);
  const built: Record<TaskGroup, () => Record<string, Tensor>> = {
    direction: () => ({
      directionLogits: head(encoding.direction, "directionHead", 3),
      positionLogits: head(encoding.direction, "positionHead", 3),
      confidence: column(sigmoid(g, head(encoding.direction, "confidenceHead", 1))),
    }),
    price: () => ({
      returns: mul(g, head(encoding.price, "returnsHead", horizons), g.constant(returnScales, [1, horizons])),
    }),
    risk: () => {
      const positive = add(g, softplus(g, head(encoding.risk, "volatilityHead", 1)), SMALLEST_VOLATILITY);
      return {
        volatility: column(mul(g, positive, volatilityScale)),
        risk: column(sigmoid(g, head(encoding.risk, "riskHead", 1))),
      };
    },
  };
  return Object.assign({}, ...groups.map((group) => built[group]()));
}

function check(
  horizons: number,
  returnScales: readonly number[],
  volatilityScale: number,
  groups: readonly TaskGroup[],
): void {
  if (!Number.isInteger(horizons) || horizons < 1)
    throw new UsageError(`sixHeads.horizons: ${horizons} is no number of horizons, give 1 or more`);
  if (returnScales.length !== horizons)
    throw new UsageError(
      `sixHeads.returnScales: ${returnScales.length} scales for ${horizons} horizons, give one for each`,
    );
  for (const scale of [...returnScales, volatilityScale])
    if (!(scale > 0) || !Number.isFinite(scale))
      throw new UsageError(`sixHeads: a scale of ${scale} does not scale, the target has to vary`);
  if (groups.length === 0 || new Set(groups).size !== groups.length)
    throw new UsageError(
      "sixHeads.groups: name each of direction, price, risk at most once, and one of them",
    );
}
