import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { messageOf, UsageError } from "../core/errors.ts";
import type { RecipeFault } from "./recipeFault.ts";

/** A recipe that is sound, or the first thing that is not. */
export type CheckedRecipe<R> =
  | { readonly value: R; readonly fault?: undefined }
  | { readonly fault: RecipeFault };

/**
 * Parses a recipe's YAML and checks it. `place` names it in errors.
 * @throws UsageError that names the place, the line and the key
 */
export function parseRecipeYaml<R>(
  text: string,
  place: string,
  check: (plain: unknown) => CheckedRecipe<R>,
): R {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const slip = document.errors[0];
  if (slip) {
    throw new UsageError(
      `${place}:${lines.linePos(slip.pos[0]).line}: ${messageOf(slip).split(" at line")[0]}`,
    );
  }
  const checked = check(plainOf(document, place));
  if (!checked.fault) return checked.value;
  const { path, message, unknownKey } = checked.fault;
  const keys = unknownKey === undefined ? path : [...path, unknownKey];
  const line = lineOf(document, lines, keys);
  const what =
    unknownKey === undefined ? message : "this key is not known; remove it or correct its spelling";
  throw new UsageError(
    `${place}${line > 0 ? `:${line}` : ""}: ${keys.map(String).join(".") || "recipe"}: ${what}`,
  );
}

function plainOf(document: Document, place: string): unknown {
  try {
    return document.toJS();
  } catch (thrown) {
    // aliases that refer to nothing, or to more than any recipe can hold
    throw new UsageError(`${place}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

export function schemaFault(error: z.ZodError): RecipeFault {
  // a misspelt key is also a missing one: the spelling is what has to be mended
  const issue = error.issues.find((i) => i.code === "unrecognized_keys") ?? error.issues[0]!;
  return {
    path: issue.path,
    message: issue.message,
    ...(issue.code === "unrecognized_keys" ? { unknownKey: issue.keys[0]! } : {}),
  };
}

/** The line of a key, or of the nearest one around it that was written; 0 when there is none. */
function lineOf(document: Document, lines: LineCounter, keys: readonly PropertyKey[]): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const around = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1), true);
    const last = keys[depth - 1];
    const node = isMap(around)
      ? around.items.find((pair) => isScalar(pair.key) && pair.key.value === last)?.key
      : isSeq(around)
        ? around.items[Number(last)]
        : undefined;
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 0;
}
