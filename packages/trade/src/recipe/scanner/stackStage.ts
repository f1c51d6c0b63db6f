import { z } from "zod";
import { canonicalJson, sha256 } from "../../core/hash.ts";
import { createPart } from "../../core/parts.ts";
import type { OnProgress } from "../../core/progress.ts";
import { fitStack, type StackConfig, type StackFit, type StackKeep } from "../../models/tabular/fitStack.ts";
import { openFitted } from "../../models/tabular/openFitted.ts";
import type { FoldAnswer } from "../../models/tabular/outOfFold.ts";
import { TabularManifest } from "../../models/tabular/tabularManifest.ts";
import type {
  FittedTabular,
  TabularContext,
  TabularData,
  TabularModel,
} from "../../models/tabular/tabularModel.ts";
import { tabularParts } from "../../models/tabular/tabularParts.ts";
import { findLibraries } from "../../models/trees/index.ts";
import type { LabelSpans } from "../../models/validation/index.ts";
import { bytesOf, float32Of, type KeptWork, type PartCodec } from "./keptWork.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { stageClock } from "./stageClock.ts";

export interface StackStageInput {
  readonly recipe: ScannerRecipe;
  readonly config: StackConfig;
  readonly meta: TabularModel;
  readonly train: TabularData;
  readonly spans: LabelSpans & { readonly calendar: Float64Array };
  readonly validation: TabularData;
  readonly context: TabularContext;
  readonly kept: KeptWork;
  readonly onProgress?: OnProgress | undefined;
}

const STAGE = "base models";

/** The recipe's base models out of fold and on all training rows, each kept as it ends, and the meta-learner. */
export async function stackStage(input: StackStageInput): Promise<StackFit> {
  const { recipe, config, train, spans, validation, kept, context } = input;
  const specs = recipe.stack.bases;
  const bases = Object.entries(specs).map(([name, spec]) => ({
    name,
    model: createPart<TabularModel>(tabularParts, spec, `stack.bases.${name}`),
  }));
  const clock = stageClock(STAGE, bases.length * (config.folds + 1) + 1, input.onProgress);
  const { calibration: _calibration, ...folds } = config;
  const determined = {
    ...{ seed: context.seed, threads: context.threads ?? 1, folds },
    train: hashOf(train),
    spans: sha256(spans.time, spans.knownAt, spans.calendar),
    // another version of a library grows other trees of the same rows
    libraries: findLibraries().map(({ name, found }) => `${name} ${found}`),
  };
  const part = async <T>(
    name: string,
    note: string,
    determines: object,
    codec: PartCodec<T>,
    make: () => Promise<T>,
  ): Promise<T> => {
    let wasKept = true;
    const value = await kept.part(
      { stage: STAGE, name, determines: { ...determined, ...determines } },
      codec,
      () => {
        wasKept = false;
        return make();
      },
    );
    clock.done(1, wasKept ? `${note}, kept` : note, wasKept);
    return value;
  };
  const keep: StackKeep = {
    fold: (base, fold, make) =>
      part(
        `base-${base}-fold${fold + 1}`,
        `${base}, fold ${fold + 1} of ${config.folds}`,
        { spec: specs[base], fold },
        foldCodec,
        make,
      ),
    async model(base, make) {
      const determines = { spec: specs[base], validation: hashOf(validation) };
      const { onnx, manifest } = await part(`base-${base}`, base, determines, modelCodec, async () => {
        const fitted = await make();
        await fitted.close();
        return { onnx: fitted.onnx, manifest: fitted.manifest };
      });
      return openFitted(onnx, manifest);
    },
  };
  const fit = await fitStack(
    bases,
    input.meta,
    config,
    train,
    spans,
    validation,
    {
      ...context,
      onUpdate: ({ stage, done, total, note }) =>
        clock.at(total ? Math.min(1, done / total) : 0, note ? `${stage}, ${note}` : stage),
    },
    keep,
  );
  clock.done(1, "meta-learner");
  return fit;
}

/** Of the columns and classes of rows. */
function hashOf({ table, target }: TabularData): string {
  return sha256(canonicalJson([table.names, table.rows]), table.values, target.y);
}

const FoldMeta = z.strictObject({
  length: z.int().nonnegative(),
  outputs: z.array(z.string()),
  notes: z.array(z.string()),
});

const foldCodec: PartCodec<FoldAnswer> = {
  encode: ({ predictions, outputs, notes }) => ({
    meta: { length: predictions.length, outputs, notes },
    blobs: { predictions: bytesOf(predictions) },
  }),
  decode({ meta, blobs }) {
    const { length, outputs, notes } = FoldMeta.parse(meta);
    return { predictions: float32Of(blobs.predictions, length), outputs, notes };
  },
};

const modelCodec: PartCodec<Pick<FittedTabular, "onnx" | "manifest">> = {
  encode: ({ onnx, manifest }) => ({ meta: manifest, blobs: { onnx } }),
  decode({ meta, blobs: { onnx } }) {
    if (!onnx) throw new RangeError("a base model without its graph");
    return { onnx, manifest: TabularManifest.parse(meta) };
  },
};
