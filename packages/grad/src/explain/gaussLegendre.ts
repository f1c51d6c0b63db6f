/** Nodes and weights of ∫₀¹ f(a) da ≈ Σ wₖ f(aₖ). */
export interface Quadrature {
  /** Ascending, inside (0, 1). */
  nodes: Float64Array;
  /** They sum to 1. */
  weights: Float64Array;
}

/**
 * Gauss-Legendre quadrature of n nodes on [0, 1], exact for polynomials up to degree 2n - 1: the nodes are the roots
 * z of the Legendre polynomial Pₙ, moved from [-1, 1]; w = 1 / ((1 - z²) P'ₙ(z)²) (Abramowitz & Stegun 1964, 25.4.29).
 * Roots by Newton's method from cos(π (i + 3/4) / (n + 1/2)), which lies closer to root i than to any other.
 */
export function gaussLegendre(n: number): Quadrature {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let z = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let round = 0; round < 100; round++) {
      const [p, dp] = legendre(n, z);
      slope = dp;
      const next = z - p / dp;
      const moved = Math.abs(next - z);
      z = next;
      if (moved < 1e-15) break;
    }
    nodes[n - 1 - i] = (1 + z) / 2;
    weights[n - 1 - i] = 1 / ((1 - z * z) * slope * slope);
  }
  return { nodes, weights };
}

/** Pₙ(z) and its derivative, by Bonnet's recursion k Pₖ = (2k - 1) z Pₖ₋₁ - (k - 1) Pₖ₋₂. */
function legendre(n: number, z: number): [number, number] {
  let before = 0;
  let p = 1;
  for (let k = 1; k <= n; k++) [before, p] = [p, ((2 * k - 1) * z * p - (k - 1) * before) / k];
  return [p, (n * (z * p - before)) / (z * z - 1)];
}
