import type { GraphBuilder, Tensor } from "@orion/grad";
import type { z } from "zod";

/**
 * What the heads read, one vector a window for each group of tasks, [B, D] each (D may differ between the groups).
 * A network with one trunk gives the same tensor three times. A network with a trunk for each group builds a trunk
 * when it is first read: read only what you use, for a weight that the loss does not reach cannot be trained.
 */
export interface Encoding {
  /** Read by the classes: direction, position, confidence. */
  readonly direction: Tensor;
  /** Read by the returns. */
  readonly price: Tensor;
  /** Read by volatility and risk. */
  readonly risk: Tensor;
  /**
   * By layer, what each step looked at; only when it was asked for and the network has such a layer.
   * Self-attention [B, H, T, T]: row t holds the weights of step t on every step, sum 1.
   * Pooling over time [B, T]: the weight of every step in the window's vector, sum 1.
   */
  readonly attention?: Readonly<Record<string, Tensor>>;
}

export interface EncoderRequest {
  /** Whether `Encoding.attention` is wanted. It costs memory and changes no other output. */
  attention?: boolean;
}

/** From windows x [B, T, F] to what heads read. All its parameters' names start with `encoder.`. */
export type Encoder = (g: GraphBuilder, x: Tensor, request?: EncoderRequest) => Encoding;

/** Whether a parameter is of the encoder and not of a head. */
export const isOfEncoder = (parameter: string): boolean => parameter.startsWith("encoder.");

/** One entry of the list of networks. */
export interface NetworkPart<K extends string = string, S extends z.ZodType = z.ZodType> {
  /** The name that recipes use. */
  readonly kind: K;
  /** Checks a recipe's keys, `kind` among them; the sizes of the design are its defaults. */
  readonly config: S;
  encoder(config: z.output<S>): Encoder;
}

/** The encoding of a network with one trunk. h [B, D] */
export function oneTrunk(h: Tensor, attention?: Readonly<Record<string, Tensor>>): Encoding {
  return { direction: h, price: h, risk: h, ...(attention ? { attention } : {}) };
}
