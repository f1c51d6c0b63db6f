import { describe, expect, it } from "vitest";
import { linear } from "../layers/linear.ts";
import { add, exp, relu } from "../ops/elementwise.ts";
import { reshape, transpose } from "../ops/layout.ts";
import { matmul } from "../ops/matrix.ts";
import { reduceSum } from "../ops/reduction.ts";
import { differentiate } from "./differentiate.ts";
import { Graph } from "./graph.ts";
import { liveness } from "./liveness.ts";

const FLOAT = 4;

describe("liveness", () => {
  it("linear → relu → linear, batch 4: two results are alive at a time, counted by hand", () => {
    const g = new Graph();
    const x = g.input("x", [4, 3], "float32");
    const y = linear(g, relu(g, linear(g, x, "one", 5)), "two", 7);
    // relu is written over its operand h [4, 5]; y [4, 7] belongs to the caller
    expect(liveness(g.nodes, [y]).peakBytes).toBe(4 * 5 * FLOAT);
    // summed, y is a result like the others: h [4, 5] and y [4, 7] at once
    expect(liveness(g.nodes, [reduceSum(g, y)]).peakBytes).toBe((4 * 5 + 4 * 7) * FLOAT);
  });

  it("the derivative of the first weights: forward and backward, counted by hand", () => {
    const g = new Graph({ training: true });
    const x = g.input("x", [4, 3], "float32");
    const [w, v] = [g.input("w", [3, 5], "float32"), g.input("v", [5, 7], "float32")];
    const loss = reduceSum(g, matmul(g, relu(g, matmul(g, x, w)), v));
    const [dw] = differentiate(g, loss, [w]);
    // xᵀ [3, 4] waits for the end; relu's slope [4, 5] waits for what it multiplies, the product [4, 5] of ones [4, 7] and vᵀ [7, 5]
    expect(liveness(g.nodes, [dw!])).toEqual({ peakBytes: (12 + 20 + 20 + 28 + 35) * FLOAT, nodes: 10 });
  });

  it("a reshape has no memory of its own and keeps its operand alive; a transpose has", () => {
    const g = new Graph();
    const x = exp(g, g.input("x", [2, 6], "float32"));
    expect(liveness(g.nodes, [reduceSum(g, reshape(g, x, [3, 4]))]).peakBytes).toBe(12 * FLOAT);
    expect(liveness(g.nodes, [reduceSum(g, transpose(g, x, [1, 0]))]).peakBytes).toBe(24 * FLOAT);
  });

  it("what is read again later is not written over", () => {
    const g = new Graph();
    const a = exp(g, g.input("x", [10], "float32"));
    const b = exp(g, a);
    expect(liveness(g.nodes, [reduceSum(g, b)]).peakBytes).toBe(10 * FLOAT);
    expect(liveness(g.nodes, [reduceSum(g, add(g, a, b))]).peakBytes).toBe(20 * FLOAT);
  });

  it("leaves out what no output needs", () => {
    const g = new Graph();
    const x = g.input("x", [10], "float32");
    exp(g, exp(g, x));
    const y = reduceSum(g, x);
    expect(liveness(g.nodes, [y])).toEqual({ peakBytes: 0, nodes: 1 });
  });
});
