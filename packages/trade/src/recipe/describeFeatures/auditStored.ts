import type { OnProgress } from "../../core/progress.ts";
import { isoTime } from "../../core/time.ts";
import type { AuditRequest, AuditRun } from "../../wire/features.ts";
import { auditLeakage } from "../audit/auditLeakage.ts";
import { workspaceOf } from "../dataUse.ts";
import { applyProfile, loadRecipe } from "../loadRecipe.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { dataFingerprint } from "./dataFingerprint.ts";

/** The leakage audit of a recipe on the stored bars, with when it was run and on what. */
export async function auditStored(
  context: PipelineContext,
  request: AuditRequest,
  onProgress?: OnProgress,
): Promise<AuditRun> {
  const startedAt = isoTime(context.now());
  const recipe = applyProfile(await loadRecipe(request.recipe), "full");
  const dataSha256 = await dataFingerprint(await workspaceOf(context), recipe);
  const report = await auditLeakage(context, request, onProgress);
  return { request, startedAt, finishedAt: isoTime(context.now()), dataSha256, report };
}
