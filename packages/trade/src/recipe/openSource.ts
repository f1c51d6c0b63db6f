import { createSource } from "../market/index.ts";
import type { Source } from "../market/sources/source.ts";
import type { Workspace } from "../store/index.ts";
import type { DownloadRequest } from "../wire/bars.ts";
import { schwabTokenKeeper } from "./schwabSignIn.ts";

/** The source that a download names, with its keys out of the environment and the workspace. */
export function openSource(
  workspace: Workspace,
  request: Pick<DownloadRequest, "source" | "fallback">,
  notice: (line: string) => void,
): Source {
  return createSource(request.source, process.env, {
    notice,
    schwabTokens: schwabTokenKeeper(workspace, process.env),
    ...(request.fallback === undefined ? {} : { fallback: request.fallback }),
  });
}
