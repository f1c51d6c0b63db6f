import { readFileSync } from "node:fs";

/** Orion's version; part of what determines a fit, since another engine may give other numbers. */
export function orionVersion(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
