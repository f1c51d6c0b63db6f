import { messageOf, OrionError } from "../core/errors.ts";
import { createSource, membersAt, SOURCES } from "../market/index.ts";
import type { SourceInfo, SourcesResponse, UniverseInfo } from "../wire/data.ts";
import { loadUniverse, UNIVERSES } from "./loadUniverse.ts";
import type { PipelineContext } from "./pipelineContext.ts";

/** What bars can be downloaded from here, and the symbols of the universes that come with Orion as of now. */
export async function describeSources(
  context: PipelineContext,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<SourcesResponse> {
  const universes: UniverseInfo[] = [];
  for (const name of UNIVERSES) {
    const members = membersAt(await loadUniverse(name), context.now());
    const of = (market: string): string[] => [
      ...new Set(members.filter((m) => m.market === market).map((m) => m.symbol)),
    ];
    universes.push({ name, spot: of("spot"), futures: of("futures"), stock: of("stock") });
  }
  return { sources: SOURCES.map((name) => describe(name, env)), universes };
}

function describe(name: string, env: Readonly<Record<string, string | undefined>>): SourceInfo {
  try {
    const source = createSource(name, env);
    return {
      name,
      market: source.market,
      kinds: [
        "bars",
        ...("fetchMark" in source ? ["mark" as const] : []),
        ...("fetchFunding" in source ? ["funding" as const] : []),
      ],
      missing: null,
    };
  } catch (thrown) {
    // a source without its keys says so itself
    if (!(thrown instanceof OrionError)) throw thrown;
    return { name, market: "stock", kinds: ["bars"], missing: messageOf(thrown) };
  }
}
