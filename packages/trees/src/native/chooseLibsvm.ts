import { TreesUsageError } from "../errors.ts";
import { LIBSVM_JS, libsvmJsVersion } from "./libsvmJs.ts";
import { type LibsvmLibrary, libsvmLibrary } from "./libsvmLibrary.ts";

export type LibsvmChoice =
  | { kind: "native"; library: LibsvmLibrary }
  /** why: what is wrong with the native library, or nothing where ORION_LIBSVM names this one */
  | { kind: "js"; versionText: string; why: string | null };

/**
 * What support vector machines are trained by: the library that ORION_LIBSVM names, else the system's, else libsvm-js. One
 * that is named and does not work is a fault; one that is found but of a version that Orion does not know is passed over.
 *
 * @throws TreesUsageError where the named one does not work, or neither is there
 */
export function chooseLibsvm(): LibsvmChoice {
  const named = process.env.ORION_LIBSVM;
  if (named === LIBSVM_JS) {
    const versionText = libsvmJsVersion();
    if (versionText === null)
      throw new TreesUsageError(
        `ORION_LIBSVM asks for ${LIBSVM_JS}, which is not installed: run npm ci in Orion's folder`,
      );
    return { kind: "js", versionText, why: null };
  }
  try {
    return { kind: "native", library: libsvmLibrary() };
  } catch (thrown) {
    const versionText = libsvmJsVersion();
    if (named || versionText === null || !(thrown instanceof TreesUsageError)) throw thrown;
    return { kind: "js", versionText, why: thrown.message };
  }
}
