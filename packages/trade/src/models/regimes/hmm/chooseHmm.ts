import { UsageError } from "../../../core/errors.ts";
import { fitHmm, type HmmConfig, type HmmContext, type HmmFit } from "./fitHmm.ts";
import type { HmmRows } from "./gaussianHmm.ts";

/**
 * Fits a model for each number of states and takes the one of the least BIC (Schwarz 1978), the smaller of equals.
 * Every fit is returned: a difference of less than about 6 says little (Kass and Raftery 1995).
 */
export async function chooseHmm(
  data: HmmRows,
  states: readonly number[],
  config: Omit<HmmConfig, "states">,
  context: HmmContext,
): Promise<{ readonly best: HmmFit; readonly fits: readonly HmmFit[] }> {
  if (states.length === 0) throw new UsageError("hmm: no number of states to try: give one or more");
  const fits: HmmFit[] = [];
  for (const [i, k] of [...states].sort((a, b) => a - b).entries()) {
    fits.push(
      await fitHmm(
        data,
        { ...config, states: k },
        {
          ...context,
          onProgress: (p) =>
            context.onProgress?.({ ...p, done: i + p.done / (p.total ?? 1), total: states.length }),
        },
      ),
    );
  }
  return { best: fits.reduce((a, b) => (b.bic < a.bic ? b : a)), fits };
}
