import {
  add,
  alteredBuilder,
  concat,
  exp,
  type GraphBuilder,
  log,
  logSoftmax,
  max,
  mul,
  type Network,
  reshape,
  softmax,
  sqrt,
  sub,
  type Tensor,
} from "@orion/grad";

/** What stands before the names of a member's parameters. */
export const memberPrefix = (member: number): string => `member${member}/`;

/**
 * M signal networks over the same windows, as one network. With the logits z_m of member m and what a row of each class
 * weighed in its training, w:
 *
 *   p_m = softmax(z_m - log w)              the member's probabilities at the market's own class frequencies
 *   p   = (1/M) Σ_m p_m                     logits = log p + log w, probabilities = softmax(logits)
 *   r   = (1/M) Σ_m r_m                     return
 *   spread = [sd_m(p_m) ; sd_m(r_m)]        [B, 4]: BUY, HOLD, SELL, return; sd² = (1/M) Σ_m (p_m - p)²
 *
 * The mean is taken of the corrected probabilities (`priorCorrect`), not of the weighted ones: each member's forecast of
 * the market is p_m, and a mixture of forecasts is the mean of these. The correction divides each row by a sum of its
 * own, so the other order would weigh the members by how rare they hold the rare classes to be. `log w` is put
 * back afterwards: the outputs are in the terms of a single network's, and whoever reads them corrects them the same way.
 */
export function ensembleNetwork(
  member: Network,
  members: number,
  classWeights: readonly [number, number, number],
): Network {
  return (g, x) => {
    const logWeights = g.constant(classWeights.map(Math.log), [1, 3]);
    const outputs = Array.from({ length: members }, (_, m) => member(named(g, memberPrefix(m)), x));
    const logs = outputs.map((o) => logSoftmax(g, sub(g, o.logits!, logWeights)));
    // log Σ e^l without underflow: the largest is taken out of the sum
    const top = logs.reduce((a, b) => max(g, a, b));
    const mean = log(
      g,
      meanOf(
        g,
        logs.map((l) => exp(g, sub(g, l, top))),
      ),
    );
    const logits = add(g, add(g, top, mean), logWeights);
    const returns = outputs.map((o) => o.return!);
    const returnSpread = reshape(g, deviationOf(g, returns), ["rest", 1]);
    return {
      logits,
      probabilities: softmax(g, logits),
      return: meanOf(g, returns),
      spread: concat(
        g,
        [
          deviationOf(
            g,
            logs.map((l) => exp(g, l)),
          ),
          returnSpread,
        ],
        1,
      ),
    };
  };
}

function meanOf(g: GraphBuilder, values: readonly Tensor[]): Tensor {
  const sum = values.reduce((a, b) => add(g, a, b));
  return mul(g, sum, 1 / values.length);
}

/** Standard deviation over the members, element by element; of one member 0. */
function deviationOf(g: GraphBuilder, values: readonly Tensor[]): Tensor {
  const mean = meanOf(g, values);
  const squares = values.map((v) => {
    const apart = sub(g, v, mean);
    return mul(g, apart, apart);
  });
  return sqrt(g, meanOf(g, squares));
}

/** The same builder, with all names that a network gives put behind a prefix. */
function named(g: GraphBuilder, prefix: string): GraphBuilder {
  return alteredBuilder(g, {
    parameter: (name, shape, options) => g.parameter(prefix + name, shape, options),
    extra: (name, value) => g.extra(prefix + name, value),
  });
}
