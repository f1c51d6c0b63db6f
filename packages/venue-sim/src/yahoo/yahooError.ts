import { type Answer, json } from "../dialect.ts";

/** An error the way the endpoint at `path` wraps it: `chart`, else `finance`. */
export function yahooError(path: string, status: number, code: string, description: string): Answer {
  const wrap = path.startsWith("/v8/finance/chart/") ? "chart" : "finance";
  return json({ [wrap]: { result: null, error: { code, description } } }, status);
}
