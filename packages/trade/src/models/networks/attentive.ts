import { alteredBuilder, type GraphBuilder, type Tensor } from "@orion/grad";
import type { Encoder, Encoding } from "./encoding.ts";

/**
 * An encoder that tells on request what its layers looked at: the weights that attention and pooling layers offer
 * while they are built (`GraphBuilder.extra`), by the layer's name. The list fills as trunks are read.
 */
export function attentive(build: (g: GraphBuilder, x: Tensor) => Encoding): Encoder {
  return (g, x, request) => {
    if (!request?.attention) return build(g, x);
    const attention: Record<string, Tensor> = {};
    const encoding = build(
      listening(g, (name, value) => {
        attention[name.replace(/\.weights$/, "")] = value;
      }),
      x,
    );
    return {
      get direction() {
        return encoding.direction;
      },
      get price() {
        return encoding.price;
      },
      get risk() {
        return encoding.risk;
      },
      attention,
    };
  };
}

/** The same graph; `hear` is told of every value that a layer offers. */
function listening(g: GraphBuilder, hear: (name: string, value: Tensor) => void): GraphBuilder {
  return alteredBuilder(g, {
    extra(name, value) {
      g.extra(name, value);
      hear(name, value);
    },
  });
}
