import { libsvmLibrary } from "./libsvmLibrary.ts";
import { lightgbmLibrary } from "./lightgbmLibrary.ts";
import { type LibraryName, nativeLibrary } from "./nativeLibraries.ts";
import { xgboostLibrary } from "./xgboostLibrary.ts";

export interface LibraryFinding {
  name: LibraryName;
  title: string;
  /** whether it loads and is of a version that Orion works with */
  works: boolean;
  /** the file and its version, or what is wrong */
  found: string;
  /** the one command that installs it, where it does not work */
  mend: string | null;
}

const loaders: Readonly<Record<LibraryName, () => string>> = {
  xgboost: () => `${xgboostLibrary().versionText}, ${xgboostLibrary().path}`,
  // its C interface does not tell the version
  lightgbm: () => `4, ${lightgbmLibrary().path}`,
  libsvm: () => `${libsvmLibrary().versionText}, ${libsvmLibrary().path}`,
};

/** Which of the native libraries this machine has. */
export function findLibraries(): LibraryFinding[] {
  return (["xgboost", "lightgbm", "libsvm"] as const).map((name) => {
    const { title, mend } = nativeLibrary(name);
    try {
      return { name, title, works: true, found: loaders[name](), mend: null };
    } catch (thrown) {
      const text = thrown instanceof Error ? thrown.message : String(thrown);
      const isAbsent = text.includes("is not on this machine");
      return { name, title, works: false, found: isAbsent ? "none" : text, mend };
    }
  });
}
