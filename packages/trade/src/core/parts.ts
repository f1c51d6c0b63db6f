import type { z } from "zod";
import { UsageError } from "./errors.ts";

/** One exchangeable piece of the pipeline: a name for recipes, a checked configuration, and how to make it. */
export interface Part<K extends string, S extends z.ZodType, T> {
  kind: K;
  config: S;
  create(config: z.output<S>): T;
}

/** A part of any kind and configuration that makes a T. */
export interface AnyPart<T> {
  kind: string;
  config: z.ZodType;
  create(config: never): T;
}

/**
 * Makes the part that `spec.kind` names, its other keys checked by the part's own schema.
 * @throws UsageError that names the kind or the key, and where it was written
 */
export function createPart<T>(parts: readonly AnyPart<T>[], spec: { kind: string }, where: string): T {
  const part = parts.find((p) => p.kind === spec.kind);
  if (!part) {
    throw new UsageError(
      `${where}: there is no '${spec.kind}'; choose one of ${parts.map((p) => p.kind).join(", ")}`,
    );
  }
  const { kind: _kind, ...config } = spec;
  const parsed = part.config.safeParse(config);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UsageError(
      `${where}.${issue?.path.join(".") ?? ""}: ${issue?.message ?? "does not fit"} (part '${spec.kind}')`,
    );
  }
  return part.create(parsed.data as never);
}
