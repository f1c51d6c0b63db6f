import { applyScaler, fitScaler, type Scaler } from "../scaling/scaler.ts";
import type { ScalingConfig } from "../scaling/scalingConfig.ts";
import type { LongWork } from "./longWork.ts";
import {
  applySelection,
  fitSelection,
  type Selection,
  type SelectionConfig,
  type SelectionData,
  selectedNames,
} from "./selection.ts";

/** What turns a recipe's columns into what its network reads: selection, then scaling. Part of a model's manifest. */
export interface FittedInputs {
  readonly scaler: Scaler;
  readonly selection?: Selection | undefined;
}

export interface InputsConfig {
  readonly scaling: ScalingConfig;
  /** all columns unless given; a fitted one is taken as it is: weights that go on from a model's read its columns */
  readonly selection?: SelectionConfig | Selection | undefined;
}

/** Fits selection and scaler on the training rows alone. */
export async function fitInputs(
  { scaling, selection: asked }: InputsConfig,
  data: SelectionData,
  work: LongWork = {},
): Promise<{ scaler: Scaler; selection?: Selection }> {
  if (asked === undefined) return { scaler: fitScaler(scaling, data.names, data.columns, data.rows) };
  const selection = "from" in asked ? asked : await fitSelection(asked, data, work);
  const columns = applySelection(data.columns, selection);
  return { scaler: fitScaler(scaling, selectedNames(selection), columns, data.rows), selection };
}

/** Names of the columns that go in. */
export function columnNames({ scaler, selection }: FittedInputs): readonly string[] {
  return selection?.from ?? scaler.names;
}

/** What the network reads, as new columns named by `scaler.names`. @throws UsageError when the number of columns does not fit */
export function networkInputs(
  columns: readonly Float32Array[],
  { scaler, selection }: FittedInputs,
): readonly Float32Array[] {
  return applyScaler(selection ? applySelection(columns, selection) : columns, scaler);
}

/**
 * What an exported graph has to say of its inputs beside the names of the columns, so that another program can make them:
 * added where the recipe asks for more than all columns by mean and deviation.
 */
export function inputsMetadata(
  metadata: Readonly<Record<string, string>>,
  inputs: FittedInputs,
): Record<string, string> {
  const { scaler, selection } = inputs;
  if (!selection && !("kind" in scaler)) return { ...metadata };
  return {
    ...metadata,
    features: columnNames(inputs).join(","),
    inputs: scaler.names.join(","),
    scaling: JSON.stringify(scaler),
    ...(selection ? { selection: JSON.stringify(selection) } : {}),
  };
}
