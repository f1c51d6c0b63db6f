import type { GarchLayout } from "./garchSpec.ts";

/**
 * Residuals and variances of one series under changing parameters. Row `before` is the first return that counts; the rows
 * above it hold presample values.
 */
export interface Path {
  readonly length: number;
  readonly before: number;
  /** number of all parameters; those of the mean come first */
  readonly count: number;
  readonly means: number;
  /** residuals; 0 in the presample */
  readonly e: Float64Array;
  /** [rows, means]: derivatives of e, which no parameter changes */
  readonly de: Float64Array;
  /** variances */
  readonly h: Float64Array;
  /** [rows, count]: derivatives of h, in a recursion of logarithms of ln h until it ends */
  readonly dh: Float64Array;
  /** mean squared residual */
  squares: number;
  /** [means]: its derivatives */
  readonly dSquares: Float64Array;
  /** of a recursion in logarithms: ln h, z and [rows, count] its derivatives */
  readonly logs: Float64Array;
  readonly z: Float64Array;
  readonly dz: Float64Array;
}

export function pathOf(
  returns: ArrayLike<number>,
  layout: GarchLayout,
  before: number,
  inLogs: boolean,
): Path {
  const { arLags, count, omega: means, hasMean } = layout;
  const length = returns.length - arLags;
  const rows = before + length;
  const de = new Float64Array(rows * means);
  for (let t = 0; t < length; t++) {
    for (let k = 0; k < means; k++) {
      de[(before + t) * means + k] = hasMean && k === 0 ? -1 : -returns[arLags + t - k]!;
    }
  }
  return {
    length,
    before,
    count,
    means,
    e: new Float64Array(rows),
    de,
    h: new Float64Array(rows),
    dh: new Float64Array(rows * count),
    squares: 0,
    dSquares: new Float64Array(means),
    logs: new Float64Array(inLogs ? rows : 0),
    z: new Float64Array(inLogs ? rows : 0),
    dz: new Float64Array(inLogs ? rows * count : 0),
  };
}

/** e[t] = r[t] - mu - sum ar_i r[t-i], their mean square s and ds = 2 mean(e de). */
export function fillResiduals(
  path: Path,
  returns: ArrayLike<number>,
  layout: GarchLayout,
  parameters: ArrayLike<number>,
): void {
  const { e, de, before, length, means, dSquares } = path;
  const { arLags } = layout;
  dSquares.fill(0);
  let sum = 0;
  for (let t = 0; t < length; t++) {
    const row = (before + t) * means;
    let residual = returns[arLags + t]!;
    for (let k = 0; k < means; k++) residual += de[row + k]! * parameters[k]!;
    e[before + t] = residual;
    sum += residual * residual;
    for (let k = 0; k < means; k++) dSquares[k]! += residual * de[row + k]!;
  }
  path.squares = sum / length;
  for (let k = 0; k < means; k++) dSquares[k]! *= 2 / length;
}
