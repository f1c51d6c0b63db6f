import { fileURLToPath } from "node:url";
import type { StoredSeries } from "./listSeries.ts";
import { withWorkspaceLock } from "./lock.ts";
import { readBarFile } from "./readBars.ts";
import type { Workspace } from "./workspace.ts";
import { stageMerge } from "./writeBars.ts";

/** The sample that comes with Orion: BTCUSDT USD-M perpetual, 5-minute bars from 2023-01-01 on. */
export const SAMPLE_KEY = { symbol: "BTCUSDT", timeframe: "5m", market: "futures" } as const;

/** Where the sample lies, beside the program. */
export function samplePath(): string {
  return fileURLToPath(new URL("../../../../samples/BTCUSDT_5m.parquet", import.meta.url));
}

/**
 * Brings the sample into the workspace, its content checked against its own hash. Bars that are there already
 * (the sample before, or a longer download of the same bars) stay.
 * @throws DataError when the sample is missing or damaged, or stored bars differ from it
 */
export async function importSample(
  workspace: Workspace,
  path = samplePath(),
): Promise<{ added: number; stored: StoredSeries }> {
  const { bars, provenance } = await readBarFile(path, "bars");
  return withWorkspaceLock(workspace, "import of the sample", async () => {
    const { added, staged, stored } = await stageMerge(
      workspace,
      { ...SAMPLE_KEY, source: provenance.source },
      bars,
    );
    await staged?.commit();
    return { added, stored };
  });
}
