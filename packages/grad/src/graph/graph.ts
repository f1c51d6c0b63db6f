import { GradUsageError } from "../errors.ts";
import type { OpAttributes, OpName } from "../ops/attributes.ts";
import type { Op } from "../ops/op.ts";
import { operationTable } from "../ops/operationTable.ts";
import type { GraphBuilder, ParameterOptions } from "./graphBuilder.ts";
import { checkShape, type Shape, sizeOf } from "./shape.ts";
import type { DType, FloatType, Tensor } from "./tensor.ts";

export interface Node<K extends OpName = OpName> {
  readonly op: K;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: OpAttributes[K];
}
/** A stretch of nodes [first, end) with a derivative of its own. */
export interface Region {
  first: number;
  end: number;
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  gradient: (
    dy: readonly (Tensor | undefined)[],
    wanted: readonly boolean[],
  ) => readonly (Tensor | undefined)[];
}
export interface Parameter extends ParameterOptions {
  readonly name: string;
  readonly tensor: Tensor;
}
export interface GraphInput {
  readonly name: string;
  readonly tensor: Tensor;
}
export interface DropoutInput extends GraphInput {
  readonly rate: number;
}
export interface Constant {
  readonly tensor: Tensor;
  readonly values: Float64Array;
}

/** The operation's table entry; its attributes are those that `apply` checked when the node was made. */
export function opOf<K extends OpName>(op: K): Op<K> {
  return operationTable[op];
}

/** A graph under construction: nodes in an order in which they can run. */
export class Graph implements GraphBuilder {
  readonly training: boolean;
  readonly float: FloatType;
  readonly fused: boolean;
  readonly nodes: Node[] = [];
  readonly inputs: GraphInput[] = [];
  readonly parameters: Parameter[] = [];
  readonly dropouts: DropoutInput[] = [];
  readonly constants: Constant[] = [];
  readonly regions: Region[] = [];
  /** Further outputs that were offered, by name. */
  readonly extras = new Map<string, Tensor>();
  #tensors = 0;
  readonly #scalars = new Map<number, Tensor>();

  constructor(options: { training?: boolean; float?: FloatType; fused?: boolean } = {}) {
    this.training = options.training ?? false;
    this.float = options.float ?? "float32";
    this.fused = options.fused ?? false;
    if (this.fused && this.training) throw new GradUsageError("fused nodes have no derivative: export only");
  }

  #tensor(shape: Shape, dtype: DType, what: string): Tensor {
    return { id: this.#tensors++, shape: checkShape(shape, what), dtype };
  }

  input(name: string, shape: Shape, dtype: DType): Tensor {
    if (this.inputs.some((i) => i.name === name))
      throw new GradUsageError(`two graph inputs are named "${name}"`);
    const tensor = this.#tensor(shape, dtype, `input ${name}`);
    this.inputs.push({ name, tensor });
    return tensor;
  }

  parameter(name: string, shape: Shape, options: ParameterOptions): Tensor {
    if (this.parameters.some((p) => p.name === name))
      throw new GradUsageError(`two parameters are named "${name}": give each layer a name of its own`);
    if (shape.some((e) => e < 1))
      throw new GradUsageError(`parameter "${name}": every extent has to be 1 or more`);
    const tensor = this.#tensor(shape, this.float, `parameter ${name}`);
    this.parameters.push({ name, tensor, ...options });
    return tensor;
  }

  constant(values: number | readonly number[] | Float64Array, shape?: Shape): Tensor {
    if (typeof values === "number" && shape === undefined) {
      const known = this.#scalars.get(values);
      if (known) return known;
    }
    const data = typeof values === "number" ? Float64Array.of(values) : Float64Array.from(values);
    const extents = shape ?? (typeof values === "number" ? [] : [data.length]);
    if (sizeOf(extents) !== data.length)
      throw new GradUsageError(`constant: ${data.length} numbers do not fill [${extents}]`);
    const tensor = this.#tensor(extents, this.float, "constant");
    this.constants.push({ tensor, values: data });
    if (typeof values === "number" && shape === undefined) this.#scalars.set(values, tensor);
    return tensor;
  }

  dropoutMask(shape: Shape, rate: number): Tensor {
    if (!this.training) throw new GradUsageError("dropout is live in training only");
    if (!(rate > 0 && rate < 1)) throw new GradUsageError(`dropout ${rate}: the rate lies between 0 and 1`);
    const tensor = this.#tensor(shape, this.float, "dropout");
    this.dropouts.push({ name: `dropout.${this.dropouts.length}`, tensor, rate });
    return tensor;
  }

  extra(name: string, value: Tensor): void {
    if (this.extras.has(name)) throw new GradUsageError(`two extra outputs are named "${name}"`);
    this.extras.set(name, value);
  }

  apply<K extends OpName>(op: K, inputs: readonly Tensor[], attributes: OpAttributes[K]): readonly Tensor[] {
    for (const x of inputs) if (x === undefined) throw new GradUsageError(`${op}: an operand is missing`);
    const outputs = opOf(op)
      .shape(inputs, attributes)
      .map(({ shape, dtype }) => this.#tensor(shape, dtype, op));
    this.nodes.push({ op, inputs, outputs, attributes });
    return outputs;
  }

  custom(
    inputs: readonly Tensor[],
    forward: () => readonly Tensor[],
    gradient: Region["gradient"],
  ): readonly Tensor[] {
    const first = this.nodes.length;
    const outputs = forward();
    const end = this.nodes.length;
    if (end === first) throw new GradUsageError("custom: the forward part made no node");
    this.regions.push({ first, end, inputs, outputs, gradient });
    return outputs;
  }
}
