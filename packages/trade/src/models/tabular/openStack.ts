import { DataError } from "../../core/errors.ts";
import { calibrate } from "../calibration/calibration.ts";
import { mostProbable } from "../evaluation/classificationReport.ts";
import type { PredictOptions } from "../model.ts";
import { openFitted } from "./openFitted.ts";
import { metaNames, StackManifest } from "./stackManifest.ts";
import type { FittedTabular, Table, TabularPredictor } from "./tabularModel.ts";

/** What each member says of each row, and what the stack makes of it. */
export interface StackVotes {
  /** [rows, K] or [rows, 1]: the stack's own answer */
  readonly answer: Float32Array;
  /** by member, [rows, K] or [rows, 1] */
  readonly members: readonly Float32Array[];
  /** of classes: [rows] the stack's most probable class, and how many members have the same; empty for values */
  readonly decision: Uint8Array;
  readonly agreeing: Uint8Array;
}

export interface FittedStack extends TabularPredictor {
  readonly manifest: StackManifest;
  readonly members: readonly FittedTabular[];
  readonly meta: FittedTabular;
  /** by name without the ending: each member's file, and "meta" */
  files(): Readonly<Record<string, Uint8Array>>;
  votes(table: Table, options?: PredictOptions): Promise<StackVotes>;
}

/**
 * A stack from its files and manifest; it predicts through ONNX Runtime alone.
 * @throws DataError when a file is missing or belongs to another manifest
 */
export async function openStack(
  files: Readonly<Record<string, Uint8Array>>,
  manifest: unknown,
  options: { threads?: number } = {},
): Promise<FittedStack> {
  const parsed = StackManifest.safeParse(manifest);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataError(`stack manifest: ${issue?.path.join(".")}: ${issue?.message}: train the stack again`);
  }
  const opened: FittedTabular[] = [];
  const open = async (name: string, own: StackManifest["meta"]): Promise<FittedTabular> => {
    const onnx = files[name];
    if (!onnx) throw new DataError(`stack: the file of '${name}' is missing`);
    const fitted = await openFitted(onnx, own, options);
    opened.push(fitted);
    return fitted;
  };
  try {
    const members: FittedTabular[] = [];
    for (const { name, manifest: own } of parsed.data.members) members.push(await open(name, own));
    return stackOf(members, await open("meta", parsed.data.meta), parsed.data);
  } catch (error) {
    await Promise.all(opened.map((fitted) => fitted.close()));
    throw error;
  }
}

/** @throws DataError when members and meta-learner do not read what the others tell */
export function stackOf(
  members: readonly FittedTabular[],
  meta: FittedTabular,
  manifest: StackManifest,
): FittedStack {
  const names = manifest.members.map(({ name }) => name);
  const { outputs } = meta;
  const columns = metaNames(names, outputs);
  if (new Set([...names, "meta"]).size !== names.length + 1)
    throw new DataError(`stack: members need names of their own, none of them 'meta': ${names.join(", ")}`);
  members.forEach((member, m) => {
    if (member.outputs.join("\n") !== outputs.join("\n"))
      throw new DataError(
        `stack: member '${names[m]}' tells ${member.outputs.join(", ")}, not ${outputs.join(", ")}`,
      );
  });
  if (meta.names.join("\n") !== columns.join("\n"))
    throw new DataError("stack: the meta-learner reads other columns than its members tell");
  const K = outputs.length;
  const isClasses = meta.manifest.target.kind === "classes";
  const votes = async (table: Table, options: PredictOptions = {}): Promise<StackVotes> => {
    const told: Float32Array[] = [];
    for (const member of members)
      told.push(await member.predict(table, options.signal ? { signal: options.signal } : {}));
    const raw = await meta.predict(metaTable(columns, table.rows, told, K), options);
    const answer = manifest.calibration ? calibrate(manifest.calibration, raw, K) : raw;
    const decision = isClasses ? mostProbable(answer, K) : new Uint8Array(0);
    const single = isClasses ? told.map((own) => mostProbable(own, K)) : [];
    return {
      answer,
      members: told,
      decision,
      agreeing: decision.map((c, i) => single.filter((own) => own[i] === c).length),
    };
  };
  return {
    names: manifest.names,
    outputs,
    manifest,
    members,
    meta,
    files: () => ({
      ...Object.fromEntries(members.map((member, m) => [names[m]!, member.onnx])),
      meta: meta.onnx,
    }),
    votes,
    predict: async (table, options) => (await votes(table, options)).answer,
    close: async () => {
      await Promise.all([...members, meta].map((fitted) => fitted.close()));
    },
  };
}

/** [rows, M K]: the members' answers side by side. */
export function metaTable(
  names: readonly string[],
  rows: number,
  told: readonly Float32Array[],
  K: number,
): Table {
  const width = told.length * K;
  const values = new Float32Array(rows * width);
  told.forEach((own, m) => {
    for (let i = 0; i < rows; i++) values.set(own.subarray(i * K, (i + 1) * K), i * width + m * K);
  });
  return { names, rows, values };
}

/** "4 of 5 say BUY" */
export function agreementText(agreeing: number, members: number, decision: string): string {
  return `${agreeing} of ${members} say ${decision}`;
}
