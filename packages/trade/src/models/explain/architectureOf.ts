import { readParameters } from "@orion/grad";
import type { NetworkConfig } from "../networks/index.ts";

/** A network as it lies in an exported file. */
export interface Architecture {
  /** the network's name */
  readonly kind: string;
  /** its configuration, every size filled in */
  readonly config: NetworkConfig;
  readonly parameters: number;
  /** in the order of the file, which is that of the computation */
  readonly blocks: readonly Block[];
}

/** A block of layers, such as `encoder.block0` or `classHead`. */
export interface Block {
  readonly name: string;
  readonly parameters: number;
  /** named from the block on */
  readonly tensors: readonly { name: string; shape: readonly number[]; parameters: number }[];
}

/**
 * The parameter tensors of an exported model, grouped by block.
 * @throws an error of the engine when the file is damaged or another's
 */
export function architectureOf(onnx: Uint8Array, config: NetworkConfig): Architecture {
  const blocks = new Map<string, { name: string; shape: readonly number[]; parameters: number }[]>();
  for (const [name, { shape, values }] of readParameters(onnx)) {
    const block = blockOf(name);
    const tensor = { name: name.slice(block.length + 1), shape, parameters: values.length };
    const known = blocks.get(block);
    if (known) known.push(tensor);
    else blocks.set(block, [tensor]);
  }
  const told = [...blocks].map(([name, tensors]) => ({
    name,
    parameters: tensors.reduce((sum, t) => sum + t.parameters, 0),
    tensors,
  }));
  return {
    kind: config.kind,
    config,
    parameters: told.reduce((sum, b) => sum + b.parameters, 0),
    blocks: told,
  };
}

/**
 * The block that a parameter belongs to: its name up to the first part that is numbered (`encoder.xlstm.block2`), else
 * the encoder's part (`encoder.fusion`), else the head (`classHead`). A member of an ensemble (`member0/…`) keeps its prefix.
 */
export function blockOf(name: string): string {
  const [, member = "", rest = ""] = /^(member\d+\/)?(.*)$/.exec(name)!;
  const parts = rest.split(".");
  const numbered = parts.slice(0, -1).findIndex((part) => /\d$/.test(part));
  const depth = numbered >= 0 ? numbered + 1 : parts[0] === "encoder" ? 2 : 1;
  return member + parts.slice(0, Math.min(depth, parts.length - 1)).join(".");
}
