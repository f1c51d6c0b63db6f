import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The archive of the npm registry that carries LightGBM's C++ sources, with the sha512 the registry states for it
 * (`npm view lightgbm@1.0.27 dist.integrity`).
 */
export const LIGHTGBM_SOURCE = {
  package: "lightgbm@1.0.27",
  file: "lightgbm-1.0.27.tgz",
  /** LightGBM's own version, of its VERSION.txt */
  version: "4.1.0.99",
  integrity:
    "sha512-4E/Gjr3FqQl9U3z0BMuuViTlvO7T9oGMcfa3Jp2MRyKWWSJxFPs7xDTlzrEaBBG6iA69S/AcGn1lgMCuZT8qsg==",
} as const;

/** The folder for what is built once and kept: $XDG_CACHE_HOME/orion or ~/.cache/orion. */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "orion");

/** Where the library is built to: a folder of its own for each version, archive, system and processor. */
export function lightgbmCacheFolder(): string {
  const archive = Buffer.from(LIGHTGBM_SOURCE.integrity.slice("sha512-".length), "base64").toString("hex");
  const name = `lightgbm-${LIGHTGBM_SOURCE.version}-${archive.slice(0, 12)}-${process.platform}-${process.arch}`;
  return join(cacheFolder(), name);
}

export const LIGHTGBM_FILE = process.platform === "darwin" ? "lib_lightgbm.dylib" : "lib_lightgbm.so";

export const lightgbmCachePath = (): string => join(lightgbmCacheFolder(), LIGHTGBM_FILE);
