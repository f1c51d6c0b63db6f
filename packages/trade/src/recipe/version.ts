import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Orion's version; part of what determines a fit, since another engine may give other numbers. */
export function orionVersion(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

const checkout = fileURLToPath(new URL("../../../../", import.meta.url));

/**
 * The commit that the program's folder is at, 40 hex digits; null outside a git checkout. Changes that are not committed
 * are not told apart.
 * @param folder the checkout; this program's own unless said
 */
export function gitRevision(folder = checkout): string | null {
  const read = (name: string): string => {
    const path = join(folder, ".git", name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };
  if (!existsSync(join(folder, ".git", "HEAD"))) return null;
  const head = read("HEAD").trim();
  const branch = /^ref: (refs\/[\w./-]+)$/.exec(head)?.[1];
  const packed = (): string =>
    read("packed-refs")
      .split("\n")
      .find((line) => line.endsWith(` ${branch}`))
      ?.split(" ")[0] ?? "";
  const found = branch === undefined ? head : read(branch).trim() || packed();
  return /^[0-9a-f]{40}$/.test(found) ? found : null;
}
