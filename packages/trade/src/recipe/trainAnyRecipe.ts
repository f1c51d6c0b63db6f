import { UsageError } from "../core/errors.ts";
import type { ModelSummary, TrainRequest } from "../wire/training.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { isScannerRecipe, loadScanner, scannerProfile } from "./scanner/loadScanner.ts";
import { scannerSummary } from "./scanner/scannerSummary.ts";
import { trainScanner } from "./scanner/trainScanner.ts";
import type { OnTrainingStatus } from "./trainingTask.ts";
import { trainRecipe } from "./trainRecipe.ts";

/**
 * Trains a recipe of one network or one of stages, and goes on with an interrupted training of either with `resume`.
 * @throws UsageError for an option that stages do not take; AbortError when stopped
 */
export async function trainAnyRecipe(
  context: PipelineContext,
  request: TrainRequest,
  onStatus: OnTrainingStatus = () => {},
): Promise<ModelSummary> {
  if (!(await isScannerRecipe(request.recipe))) return trainRecipe(context, request, onStatus);
  const { recipe, profile, from, to, resume, epochs, reuse } = request;
  const refused = epochs !== undefined ? "epochs" : reuse ? "reuse" : undefined;
  if (refused)
    throw new UsageError(
      `${refused}: recipe '${recipe}' trains stages and takes profile, from, to and resume only`,
    );
  const manifest = await trainScanner(
    context,
    scannerProfile(await loadScanner(recipe), profile),
    { profile, from, to, resume },
    onStatus,
  );
  return scannerSummary(manifest);
}
