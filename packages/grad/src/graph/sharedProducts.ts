import type { Graph, Node } from "./graph.ts";
import { sameShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Uses of a weight from which their derivatives are taken together. */
const FEWEST_USES = 4;
/** Columns (or rows) that are joined for one product: enough that it is fast, few enough that they are in the cache. */
const JOINED = 960;

type Side = "left" | "right";
interface Weight {
  side: Side;
  op: "Gemm" | "FusedMatMul";
  /** (the other operand, the derivative of the product) of each use. */
  uses: { x: Tensor; dy: Tensor }[];
  transposed?: Tensor;
}

/**
 * The derivative of a weight that many products share, as in a recurrence unrolled over T steps, is
 *   dW = Σ_t dY_t X_tᵀ = [dY_1 … dY_T] [X_1 … X_T]ᵀ      (Y_t = W X_t)
 * products over many columns at a time in place of T small ones and their sum. The same for Y_t = X_t W, with rows, for
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

  /**
   * Wᵀ of a matrix that many products have on the left: their other operands' derivatives Wᵀ dY_t then read it as it
   * lies, a quarter faster than if every one of them turned it round.
   */
  transposed(x: Tensor): Tensor | undefined {
    const weight = this.#weights.get(x.id);
    if (weight?.side !== "left" || weight.op !== "Gemm") return undefined;
    weight.transposed ??= this.#turned(x);
    return weight.transposed;
  }

  /** By way of three axes: ONNX Runtime folds a plain transposition back into each of the products. */
  #turned(x: Tensor): Tensor {
    const [rows, columns] = x.shape as [number, number];
    const lifted = this.#graph.apply("Reshape", [x], { shape: [1, rows, columns] });
    const turned = this.#graph.apply("Transpose", lifted, { perm: [0, 2, 1] });
    return this.#graph.apply("Reshape", turned, { shape: [columns, rows] })[0]!;
  }

  /** The sum of what was noted for a tensor since it was last asked for. */
  gradient(x: Tensor): Tensor | undefined {
    const g = this.#graph;
    const parts: Tensor[] = [];
    const weight = this.#weights.get(x.id);
    if (weight) {
      const axis = x.shape.length - (weight.side === "left" ? 1 : 2);
      for (const uses of chunks(weight.uses.splice(0), ({ dy }) => dy.shape[axis]!))
        parts.push(this.#product(weight, uses, axis));
    }
    const derivatives = this.#biases.get(x.id)?.splice(0) ?? [];
    for (const dys of chunks(derivatives, (dy) => dy.shape[1]!))
      parts.push(g.apply("ReduceSum", [this.#join(dys, 1)], { axes: [1], keepDims: true })[0]!);
    return parts.length === 0 ? undefined : parts.reduce((a, b) => g.apply("Add", [a, b], {})[0]!);
  }

  #product({ op, side }: Weight, uses: Weight["uses"], axis: number): Tensor {
    const xs = this.#join(
      uses.map((u) => u.x),
      axis,
    );
    const dys = this.#join(
      uses.map((u) => u.dy),
      axis,
    );
    const operands = side === "left" ? [dys, xs] : [xs, dys];
    const trans = { transA: side === "right", transB: side === "left", alpha: 1 };
    return op === "Gemm"
      ? this.#graph.apply("Gemm", operands, trans)[0]!
      : this.#graph.apply("FusedMatMul", operands, { ...trans, transBatchA: false, transBatchB: false })[0]!;
  }

  #join(parts: readonly Tensor[], axis: number): Tensor {
    if (parts.length === 1) return parts[0]!;
    const key = `${axis}:${parts.map((p) => p.id)}`;
    const known = this.#joined.get(key) ?? this.#graph.apply("Concat", parts, { axis })[0]!;
    this.#joined.set(key, known);
    return known;
  }
}

/** Neighbours together, as long as their extents come to no more than `JOINED`. */
function chunks<T>(items: readonly T[], extent: (item: T) => number): T[][] {
  const out: T[][] = [];
  let room = 0;
  for (const item of items) {
    if (extent(item) > room || out.length === 0) {
      out.push([]);
      room = JOINED;
    }
    out.at(-1)!.push(item);
    room -= extent(item);
  }
  return out;
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
