import { type Architecture, architectureOf, type OnnxSummary, readOnnxSummary } from "../models/index.ts";
import { openWorkspace } from "../store/index.ts";
import type { AnyModelManifest } from "./modelManifest.ts";
import { readGraph, readModelManifest } from "./modelShelf.ts";

/** A model's manifest with what its graph file tells of itself. */
export type InspectedModel = AnyModelManifest & {
  readonly architecture: Architecture;
  readonly onnx: OnnxSummary;
};

/** @throws DataError when there is no such model, or a file of it is missing or damaged */
export async function inspectModel(workspace: string, id: string): Promise<InspectedModel> {
  const opened = await openWorkspace(workspace);
  const manifest = await readModelManifest(opened, id);
  const onnx = await readGraph(opened, id);
  return {
    ...manifest,
    architecture: architectureOf(onnx, manifest.net.network),
    onnx: readOnnxSummary(onnx),
  };
}
