import { exportForward, type NamedParameters, type Network, readParameters } from "@orion/grad";
import { DataError } from "../../core/errors.ts";
import { inputsMetadata } from "../../features/index.ts";
import { signalNetwork } from "../networks/index.ts";
import type { SignalNetManifest } from "../signalNet/signalNetManifest.ts";
import { ensembleNetwork, memberPrefix } from "./ensembleNetwork.ts";

/** The network that a signal model's file holds: one, or an ensemble. */
export function signalNetworkOf(net: SignalNetManifest): Network {
  const single = signalNetwork(net.network, net.returnScale);
  if (!net.ensemble) return single;
  return ensembleNetwork(single, net.ensemble.members.length, net.classWeights);
}

/** The weights of each member of a signal model; of a single network its own. @throws DataError when one is missing */
export function membersOf(onnx: Uint8Array, net: SignalNetManifest): NamedParameters[] {
  const all = readParameters(onnx);
  if (!net.ensemble) return [all];
  return net.ensemble.members.map((_, m) => {
    const prefix = memberPrefix(m);
    const own = [...all].filter(([name]) => name.startsWith(prefix));
    if (own.length === 0)
      throw new DataError(`the model's file has no weights of member ${m}: train it again`);
    return new Map(own.map(([name, value]) => [name.slice(prefix.length), value]));
  });
}

/** One file of the members' weights, as `signalNetworkOf` reads it. */
export function exportMembers(
  members: readonly NamedParameters[],
  net: SignalNetManifest,
  metadata: Record<string, string>,
): Uint8Array {
  const weights = new Map(
    members.flatMap((own, m) => {
      const prefix = net.ensemble ? memberPrefix(m) : "";
      return [...own].map(([name, { values }]) => [prefix + name, values] as const);
    }),
  );
  const input = { time: net.network.window, features: net.scaler.names.length };
  return exportForward({ network: signalNetworkOf(net), input }, weights, inputsMetadata(metadata, net));
}
