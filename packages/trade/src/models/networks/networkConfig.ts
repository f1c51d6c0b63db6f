import { z } from "zod";

/** Keys that several networks share. Bounds are far beyond what two cores train, and keep a typing error out. */

/** Bars of a window. */
export const windowLength = (size: number) => z.int().min(2).max(4096).default(size);
/** Width of a layer or of a vector. */
export const layerWidth = (size: number) => z.int().min(1).max(65_536).default(size);
/** How many layers, blocks or heads. */
export const layerCount = (count: number) => z.int().min(1).max(64).default(count);
/** Part of the activations that are left out in a training step. */
export const dropoutRate = (rate: number) => z.number().min(0).max(0.9).default(rate);

/** An issue at `heads` unless the heads divide the width. */
export function headsDivideWidth(
  sizes: { readonly width: number; readonly heads: number },
  issue: (at: { path: string[]; message: string }) => void,
  path: readonly string[] = [],
): void {
  if (sizes.width % sizes.heads !== 0)
    issue({
      path: [...path, "heads"],
      message: `${sizes.heads} heads do not divide a width of ${sizes.width}`,
    });
}
