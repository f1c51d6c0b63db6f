import { openTabular } from "./openTabular.ts";
import { TabularManifest } from "./tabularManifest.ts";
import type { FittedTabular, TabularPart } from "./tabularModel.ts";
import { tabularParts } from "./tabularParts.ts";

/** `openTabular` with the Shapley values that the kind's part computes from the file. */
export function openFitted(
  onnx: Uint8Array,
  manifest: unknown,
  options: { threads?: number } = {},
): Promise<FittedTabular> {
  const parsed = TabularManifest.safeParse(manifest);
  const parts: readonly Pick<TabularPart<string, never>, "kind" | "contributions">[] = tabularParts;
  const part = parts.find(({ kind }) => parsed.success && kind === parsed.data.kind);
  const { contributions } = part ?? {};
  return openTabular(onnx, manifest, { ...options, ...(contributions ? { contributions } : {}) });
}
