import { signalNetworkOf } from "../models/ensemble/index.ts";
import { type KnownNetwork, readParameters } from "../models/index.ts";
import { multiTaskNetwork } from "../models/multiTask/multiTaskNetwork.ts";
import { type AnyModelManifest, hasSixHeads } from "./modelManifest.ts";

/** A stored model's network with its weights, to be built anew: explained, or exported with more outputs. */
export function modelNetwork(manifest: AnyModelManifest, onnx: Uint8Array): KnownNetwork {
  const { network, scaler } = manifest.net;
  return {
    network: hasSixHeads(manifest)
      ? multiTaskNetwork(network, manifest.net.scaling)
      : signalNetworkOf(manifest.net),
    input: { time: network.window, features: scaler.names.length },
    parameters: readParameters(onnx),
  };
}
