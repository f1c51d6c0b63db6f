import { UsageError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import type { ScanExplanation, ScanExplanationQuery } from "../../wire/scanExplanation.ts";
import { workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { boostedMembers, explainScannerSymbol } from "./explainScannerSymbol.ts";
import { openScannerModel } from "./scannerModel.ts";

/**
 * What mattered to a model about one candidate of a scan: `explainScannerSymbol` as the page shows it.
 * @throws UsageError for a model that has no boosted base, or scans nothing; DataError where the model or the symbol's bars are not
 *   stored, or the symbol was no candidate then; AbortError when stopped
 */
export async function explainCandidate(
  context: PipelineContext,
  { model: id, symbol, at }: ScanExplanationQuery,
  onProgress: OnProgress = () => {},
): Promise<ScanExplanation> {
  onProgress({ stage: "opening the model", done: 0, total: null, secondsLeft: null });
  const model = await openScannerModel(await workspaceOf(context), { model: id });
  try {
    if (boostedMembers(model).length === 0)
      throw new UsageError(
        `model ${id} cannot say what mattered: none of its base models is xgboost or lightgbm, whose answers come apart into features; add one to the recipe's stack and train it again`,
      );
    context.signal?.throwIfAborted();
    const found = await explainScannerSymbol(context, model, { symbol, at }, onProgress);
    return {
      model: found.model,
      symbol: found.symbol,
      as_of: found.as_of,
      probabilities: found.probabilities,
      explained: found.members.map(({ name }) => name),
      unexplained: [...found.unexplained],
      baseline: found.baseline,
      value: found.value,
      groups: [...found.byGroup],
      mattered: found.byColumn.map(({ column, value, contribution }) => ({
        feature: column,
        value,
        contribution,
      })),
      rest: found.rest,
    };
  } finally {
    await model.close();
  }
}
