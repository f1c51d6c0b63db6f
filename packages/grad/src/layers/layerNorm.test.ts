import { describe, expect, it } from "vitest";
import { alteredBuilder } from "../graph/alteredBuilder.ts";
import { evaluateGraph } from "../graph/centralDifferences.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { layerNorm, layerNormLinear } from "./layerNorm.ts";

/** A builder whose parameters are the given tensors, by the end of their name. */
function withParameters(g: GraphBuilder, parameters: Record<string, Tensor>): GraphBuilder {
  return alteredBuilder(g, { parameter: (name) => parameters[name]! });
}

describe("layer norm", () => {
  it.each(["float64", "float32"] as const)("by hand in %s", async (float) => {
    // Row (1, 2, 3, 4): mean 2.5, variance 1.25, ε = 1e-5, so 1/σ = 1/√1.25001 = 0.894423613.
    // x̂ = (-1.341635, -0.447212, 0.447212, 1.341635); gain 2, bias 1: 2x̂ + 1. A constant row gives the bias.
    const out = await evaluateGraph(
      [
        { shape: [2, 4], values: [1, 2, 3, 4, 9, 9, 9, 9] },
        { shape: [4], values: [2, 2, 2, 2] },
        { shape: [4], values: [1, 1, 1, 1] },
      ],
      (g, x, gain, bias) => layerNorm(withParameters(g, { "n.gain": gain!, "n.bias": bias! }), x!, "n"),
      float,
    );
    const expected = [-1.683271, 0.105576, 1.894424, 3.683271, 1, 1, 1, 1];
    for (const [i, o] of out.entries()) expect(o).toBeCloseTo(expected[i]!, 5);
  });

  it("followed by products equals the products with gain and bias folded in", async () => {
    const [N, D, O] = [3, 5, 7];
    const wave = (length: number, f: number) => Array.from({ length }, (_, i) => Math.sin(f * i + 1) + 0.2);
    const [x, gain, bias, w, b] = [
      wave(N * D, 1.1),
      wave(D, 2.3),
      wave(D, 0.7),
      wave(D * O, 1.7),
      wave(O, 0.4),
    ];
    const out = await evaluateGraph(
      [[N, D], [D], [D], [D, O], [O]].map((shape, i) => ({ shape, values: [x, gain, bias, w, b][i]! })),
      (g, rows, ...[gainT, biasT, wT, bT]) => {
        const parameters = { "n.gain": gainT!, "n.bias": biasT!, "p.weight": wT!, "p.bias": bT! };
        return layerNormLinear(withParameters(g, parameters), rows!, "n", [{ name: "p", width: O }])[0]!;
      },
    );
    for (let n = 0; n < N; n++) {
      const row = x.slice(n * D, (n + 1) * D);
      const mean = row.reduce((s, r) => s + r, 0) / D;
      const sigma = Math.sqrt(row.reduce((s, r) => s + (r - mean) ** 2, 0) / D + 1e-5);
      for (let o = 0; o < O; o++) {
        let y = b[o]!;
        for (let d = 0; d < D; d++) y += (((row[d]! - mean) / sigma) * gain[d]! + bias[d]!) * w[d * O + o]!;
        expect(out[n * O + o]).toBeCloseTo(y, 10);
      }
    }
  });
});
