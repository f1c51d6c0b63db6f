import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { ClientLibrary } from "./source.ts";

const packageSchema = z.object({ name: z.string(), version: z.string() });
const known = new Map<string, ClientLibrary>();

/** Name and version of an installed package, without loading it. */
export function clientLibrary(name: string): ClientLibrary {
  const held = known.get(name);
  if (held) return held;
  for (let folder = dirname(createRequire(import.meta.url).resolve(name)); ; folder = dirname(folder)) {
    const library = readPackage(join(folder, "package.json"));
    if (library?.name === name) {
      known.set(name, library);
      return library;
    }
    if (folder === dirname(folder)) throw new Error(`the package ${name} says no version`);
  }
}

function readPackage(path: string): ClientLibrary | null {
  try {
    const parsed = packageSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? { name: parsed.data.name, version: parsed.data.version } : null;
  } catch {
    // no such file in this folder: the package's own lies further up
    return null;
  }
}
