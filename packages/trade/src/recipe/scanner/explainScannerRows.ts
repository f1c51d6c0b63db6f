import { DataError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { logLoss } from "../../models/evaluation/probabilityScores.ts";
import type { TabularData } from "../../models/tabular/tabularModel.ts";
import type { Workspace } from "../../store/index.ts";
import { judgeRows } from "./judgeRows.ts";
import { type ScannerBars, scannerBars } from "./scannerBars.ts";
import type { ScannerManifest } from "./scannerManifest.ts";
import type { ScannerModel } from "./scannerModel.ts";
import { scannerData, scannerRows } from "./scannerTableOf.ts";

export interface ExplainedRows {
  readonly data: TabularData;
  readonly days: number;
  /** mean log loss of the stack on these rows, now and when it was trained */
  readonly loss: number;
  readonly trainedLoss: number;
}

/**
 * The rows that a model was tested on, made again from the stored bars.
 * @throws DataError where the bars are others than those of the training, or what was made of them is
 */
export async function explainScannerRows(
  workspace: Workspace,
  model: ScannerModel,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: OnProgress | undefined },
): Promise<ExplainedRows> {
  const { manifest } = model;
  const bars = await barsOfTraining(workspace, manifest, options.signal);
  const { from, to } = manifest.asked ?? { from: null, to: null };
  const known = scannerRows(manifest.recipe, bars, {
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  });
  const { test } = known.split;
  const { ranges, rows: counted } = manifest;
  if (test.rows.length !== counted.test || test.from !== ranges.test.from || test.to !== ranges.test.to)
    throw new DataError(
      `model ${manifest.id}: the stored bars give ${test.rows.length} test rows, the training had ${counted.test}, or others in time: it was made by another version, train it again`,
    );
  const rows = Array.from(test.rows, (place) => known.rows[place]!);
  const { table, probabilities } = await judgeRows(model, bars, rows, options);
  const data = scannerData(table, rows, Int32Array.from(rows.keys()));
  const loss = logLoss(
    rows.map((row) => row.class),
    probabilities,
    model.stack.outputs.length,
  );
  const trainedLoss = manifest.test.ablation.find(({ what }) => what === "stack")!.loss;
  if (!(Math.abs(loss - trainedLoss) <= 1e-4 * trainedLoss))
    throw new DataError(
      `model ${manifest.id}: its test rows made anew give a log loss of ${loss.toPrecision(6)}, the training told ${trainedLoss.toPrecision(6)}: it was made by another version, train it again`,
    );
  return { data, days: new Set(rows.map(({ time }) => time)).size, loss, trainedLoss };
}

async function barsOfTraining(
  workspace: Workspace,
  manifest: ScannerManifest,
  signal: AbortSignal | undefined,
): Promise<ScannerBars> {
  const { symbols, indices, sha256 } = manifest.data;
  const last = [...symbols, ...indices].reduce((latest, one) => Math.max(latest, one.to), 0);
  // a model that does not say which range was asked for had all bars, or bars up to the last of these
  const ends = manifest.asked ? [manifest.asked.to ?? undefined] : [undefined, last];
  for (const until of ends) {
    const bars = await scannerBars(workspace, manifest.recipe, {
      symbols: symbols.map(({ symbol }) => symbol),
      until,
      signal,
    });
    if (bars.sha256 === sha256) return bars;
  }
  throw new DataError(
    `model ${manifest.id}: the stored bars are others than those it was trained on, so its test rows cannot be made again: train it anew, or open the workspace that has them`,
  );
}
