import koffi, { type LibraryHandle } from "koffi";
import { TreesUsageError } from "../errors.ts";
import { type LibraryName, nativeLibrary } from "./nativeLibraries.ts";

export interface OpenedLibrary {
  handle: LibraryHandle;
  /** the name or path under which the system's loader found it */
  path: string;
}

/**
 * Loads a native library: the one that the environment variable names, else the first of its usual places.
 *
 * @throws TreesUsageError with the one command that installs it, where none is found or the named one cannot be loaded
 */
export function openLibrary(name: LibraryName): OpenedLibrary {
  const { title, variable, candidates, mend } = nativeLibrary(name);
  const named = process.env[variable];
  const reasons: string[] = [];
  for (const path of named ? [named] : candidates) {
    try {
      return { handle: koffi.load(path), path };
    } catch (thrown) {
      reasons.push(firstLine(thrown));
    }
  }
  if (named)
    throw new TreesUsageError(
      `${title} cannot be loaded from ${variable}=${named} (${reasons[0]}): name its shared library or unset ${variable}`,
    );
  throw new TreesUsageError(
    `${title} is not on this machine: run ${mend}, or name its shared library in ${variable}`,
  );
}

/** @throws TreesUsageError where the library lacks a function: it is another one or of another version */
export function bindFunction(
  { handle, path }: OpenedLibrary,
  title: string,
  definition: string,
): (...values: never[]) => unknown {
  try {
    return handle.func(definition);
  } catch (thrown) {
    throw new TreesUsageError(
      `${path} is not the ${title} that Orion knows (${firstLine(thrown)}): install the version that ./orion doctor names`,
    );
  }
}

const firstLine = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).split("\n")[0]!;
