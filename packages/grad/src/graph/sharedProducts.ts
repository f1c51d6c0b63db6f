import type { Graph, Node } from "./graph.ts";
import { sameShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Uses of a weight from which their derivatives are taken together. */
const FEWEST_USES = 4;

type Side = "left" | "right";
interface Weight {
  side: Side;
  op: "Gemm" | "FusedMatMul";
  /** (the other operand, the derivative of the product) of each use. */
  uses: { x: Tensor; dy: Tensor }[];
}

/**
 * The derivative of a weight that many products share, as in a recurrence unrolled over T steps, is
 *   dW = Σ_t dY_t X_tᵀ = [dY_1 … dY_T] [X_1 … X_T]ᵀ      (Y_t = W X_t)
 * one product over all T·B columns in place of T small ones and their sum. The same for Y_t = X_t W, with rows, for
 * a batch of weights, and for a bias column that the products share.
 */
export class SharedProducts {
  readonly #graph: Graph;
  readonly #weights = new Map<number, Weight>();
  /** Derivatives of the products that a bias column was added to. */
  readonly #biases = new Map<number, Tensor[]>();
  readonly #joined = new Map<string, Tensor>();

  /** nodes: the forward part; needed: ids of the tensors that want a derivative. */
  constructor(graph: Graph, nodes: readonly Node[], needed: ReadonlySet<number>) {
    this.#graph = graph;
    const counts = new Map<string, number>();
    const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1).get(key)!;
    for (const node of nodes) {
      if (!isPlain(node)) continue;
      const [a, b, bias] = node.inputs;
      for (const [side, x] of [
        ["left", a!],
        ["right", b!],
      ] as const)
        if (
          needed.has(x.id) &&
          count(`${node.op} ${side} ${x.id}`) === FEWEST_USES &&
          !this.#weights.has(x.id)
        )
          this.#weights.set(x.id, { side, op: node.op, uses: [] });
      if (bias && isColumn(bias, node.outputs[0]!) && needed.has(bias.id))
        if (count(`bias ${bias.id}`) === FEWEST_USES) this.#biases.set(bias.id, []);
    }
  }

  /** Notes what a node adds to the derivatives of shared operands; gives back the indices of those operands. */
  defer(node: Node, [dy]: readonly (Tensor | undefined)[]): number[] {
    if (!isPlain(node) || !dy) return [];
    const [a, b, bias] = node.inputs;
    const [left, right] = [this.#weights.get(a!.id), this.#weights.get(b!.id)];
    const deferred: number[] = [];
    if (left?.side === "left" && left.op === node.op) {
      left.uses.push({ x: b!, dy });
      deferred.push(0);
    }
    if (right?.side === "right" && right.op === node.op) {
      right.uses.push({ x: a!, dy });
      deferred.push(1);
    }
    const column = bias && this.#biases.get(bias.id);
    if (column && isColumn(bias, dy)) {
      column.push(dy);
      deferred.push(2);
    }
    return deferred;
  }

  /** The sum of what was noted for a tensor since it was last asked for. */
  gradient(x: Tensor): Tensor | undefined {
    const g = this.#graph;
    const parts: Tensor[] = [];
    const weight = this.#weights.get(x.id);
    if (weight && weight.uses.length > 0) {
      const { op, side } = weight;
      const axis = x.shape.length - (side === "left" ? 1 : 2);
      const xs = this.#join(
        weight.uses.map((u) => u.x),
        axis,
      );
      const dys = this.#join(
        weight.uses.map((u) => u.dy),
        axis,
      );
      weight.uses = [];
      const operands = side === "left" ? [dys, xs] : [xs, dys];
      const trans = { transA: side === "right", transB: side === "left", alpha: 1 };
      const plain = { transBatchA: false, transBatchB: false };
      parts.push(
        op === "Gemm"
          ? g.apply("Gemm", operands, trans)[0]!
          : g.apply("FusedMatMul", operands, { ...trans, ...plain })[0]!,
      );
    }
    const bias = this.#biases.get(x.id);
    if (bias && bias.length > 0) {
      const dys = this.#join(bias.splice(0), 1);
      parts.push(g.apply("ReduceSum", [dys], { axes: [1], keepDims: true })[0]!);
    }
    return parts.length === 2 ? g.apply("Add", parts, {})[0]! : parts[0];
  }

  #join(parts: readonly Tensor[], axis: number): Tensor {
    if (parts.length === 1) return parts[0]!;
    const key = `${axis}:${parts.map((p) => p.id)}`;
    const known = this.#joined.get(key) ?? this.#graph.apply("Concat", parts, { axis })[0]!;
    this.#joined.set(key, known);
    return known;
  }
}

const isColumn = (bias: Tensor, y: Tensor) => sameShape(bias.shape, [y.shape[0]!, 1]);

/** A product of two operands as they lie, without transposition or factor. */
function isPlain(node: Node): node is Node<"Gemm"> | Node<"FusedMatMul"> {
  if (node.op === "Gemm") {
    const { transA, transB, alpha } = (node as Node<"Gemm">).attributes;
    return !transA && !transB && alpha === 1;
  }
  if (node.op !== "FusedMatMul") return false;
  const { transA, transB, transBatchA, transBatchB, alpha } = (node as Node<"FusedMatMul">).attributes;
  return !transA && !transB && !transBatchA && !transBatchB && alpha === 1;
}
