import { setImmediate } from "node:timers/promises";
import { canonicalJson, sha256 } from "../../core/hash.ts";
import { isoTime } from "../../core/time.ts";
import {
  type ColumnDrift,
  correlationMatrix,
  fitSelection,
  type Selection,
  SelectionConfig,
  STABILITY_LIMITS,
  sortedDrift,
  sortedFinite,
} from "../../features/index.ts";
import type { SplitPart } from "../../models/validation/index.ts";
import type { ColumnDriftOf, FeatureChoice, FeatureReport, FeatureReportQuery } from "../../wire/features.ts";
import { workspaceOf } from "../dataUse.ts";
import { applyProfile, loadRecipe } from "../loadRecipe.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { recipeFor, recipeSeries } from "../recipePanels.ts";
import { clusterOrder } from "./clusterOrder.ts";
import { dataFingerprint } from "./dataFingerprint.ts";
import { distributionOf } from "./distributionOf.ts";
import { recipeColumns } from "./recipeColumns.ts";

/** Weights of a component that are told; the others are smaller. */
const LOADINGS = 6;
/** Reports that are kept while the process lives: some 300 kB each for a hundred columns. */
const KEPT_REPORTS = 12;
const kept = new Map<string, FeatureReport>();

/**
 * A recipe's columns on the bars that are stored: how each is distributed in the training rows, how far the validation and
 * test rows have drifted from them, how the columns correlate, and what the recipe's selection takes away. Test rows are
 * read for their drift alone. The report of the same recipe and bars is made once in a process's life.
 * @throws UsageError for an unknown recipe; DataError where bars are missing or too few
 */
export async function describeFeatures(
  context: PipelineContext,
  query: FeatureReportQuery,
): Promise<FeatureReport> {
  const started = performance.now();
  const recipe = recipeFor(applyProfile(await loadRecipe(query.recipe), "default"), query.symbol);
  const workspace = await workspaceOf(context);
  const dataSha256 = await dataFingerprint(workspace, recipe);
  const key = sha256(canonicalJson(recipe), dataSha256);
  const before = kept.get(key);
  if (before) return { ...before, seconds: 0 };

  const { signal } = context;
  const series = await recipeSeries(workspace, recipe, signal);
  const { data, split, closeTime, symbols, leftOut } = recipeColumns(recipe, series);
  const { names, columns } = data;
  const { train, validation, test } = split;
  const bars = Int32Array.from(closeTime.keys()).filter((t) => closeTime[t]! <= train.to);
  const told: FeatureReport["columns"] = [];
  for (const [f, name] of names.entries()) {
    await setImmediate();
    signal?.throwIfAborted();
    const column = columns[f]!;
    const sorted = sortedFinite(column, train.rows);
    const driftTo = (later: SplitPart): ColumnDriftOf =>
      driftOf(sortedDrift(name, sorted, sortedFinite(column, later.rows)));
    told.push({
      name,
      distribution: distributionOf(column, train.rows, bars, sorted),
      validation: driftTo(validation),
      test: driftTo(test),
    });
  }
  const matrix = await correlationMatrix(names, columns, train.rows, { signal });
  const config = recipe.selection ?? SelectionConfig.parse({ kind: "correlation" });
  const selection = await fitSelection(config, data, { signal });
  const part = ({ rows, from, to }: SplitPart) => ({
    rows: rows.length,
    from: isoTime(from),
    to: isoTime(to),
  });
  const report: FeatureReport = {
    recipe: recipe.name,
    symbols: [...symbols],
    leftOut: [...leftOut],
    dataSha256,
    parts: { train: part(train), validation: part(validation), test: part(test) },
    columns: told,
    correlation: {
      rows: matrix.rows.length,
      r: Array.from(matrix.values, (r) => (Number.isFinite(r) ? Number(r.toFixed(4)) : null)),
      order: clusterOrder(matrix.values, names.length),
    },
    isInRecipe: recipe.selection !== undefined,
    choice: choiceOf(selection),
    seconds: (performance.now() - started) / 1000,
  };
  kept.set(key, report);
  const oldest = kept.size > KEPT_REPORTS ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  return report;
}

function driftOf({ laterRows, stabilityIndex, kolmogorovSmirnov }: ColumnDrift): ColumnDriftOf {
  const { some, major } = STABILITY_LIMITS;
  const reading =
    stabilityIndex === null
      ? "not judged"
      : stabilityIndex < some
        ? "little"
        : stabilityIndex <= major
          ? "some"
          : "major";
  return { rows: laterRows, stabilityIndex, kolmogorovSmirnov, reading };
}

function choiceOf(selection: Selection): FeatureChoice {
  if (selection.kind === "correlation") {
    const { kind, limit, against, kept: stays, dropped, information } = selection;
    return { kind, limit, against, kept: stays, dropped, information };
  }
  const { kind, variance, constant, used, shares, loadings } = selection;
  return {
    ...{ kind, variance, constant },
    components: shares.map((share, k) => ({
      name: `pc${k + 1}`,
      share,
      loadings: used
        .map((column, f) => ({ column, weight: loadings[k]![f]! }))
        .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
        .slice(0, LOADINGS),
    })),
  };
}
