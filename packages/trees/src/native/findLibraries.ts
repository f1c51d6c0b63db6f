import { chooseLibsvm } from "./chooseLibsvm.ts";
import { lightgbmLibrary } from "./lightgbmLibrary.ts";
import { type LibraryName, nativeLibrary } from "./nativeLibraries.ts";
import { xgboostLibrary } from "./xgboostLibrary.ts";

export interface LibraryFinding {
  name: LibraryName;
  title: string;
  /** whether it loads and is of a version that Orion works with */
  works: boolean;
  /** the version and the file, or what is wrong */
  found: string;
  /** the one command that installs it, where it does not work or something slower stands in for it */
  mend: string | null;
}

/** Versions with which the tests of the trees were run. */
const TESTED = { xgboost: ["1.7", "2.0", "2.1", "3.0", "3.3"], libsvm: ["3.24"] } as const;

function versioned(name: keyof typeof TESTED, version: string, path: string): string {
  const tested: readonly string[] = TESTED[name];
  const isTested = tested.includes(version.split(".").slice(0, 2).join("."));
  return `${version}, ${path}${isTested ? "" : ` (not tested with Orion; ${tested.join(", ")} ${tested.length > 1 ? "are" : "is"})`}`;
}

interface Loaded {
  found: string;
  isStandIn: boolean;
}

const loaders: Readonly<Record<LibraryName, () => Loaded>> = {
  xgboost: () => {
    const { versionText, path } = xgboostLibrary();
    return { found: versioned("xgboost", versionText, path), isStandIn: false };
  },
  // its C interface does not tell the version
  lightgbm: () => ({ found: `4, ${lightgbmLibrary().path}`, isStandIn: false }),
  libsvm: () => {
    const choice = chooseLibsvm();
    if (choice.kind === "native")
      return {
        found: versioned("libsvm", choice.library.versionText, choice.library.path),
        isStandIn: false,
      };
    const why = choice.why !== null && !isAbsence(choice.why) ? `; ${choice.why}` : "";
    return { found: `${choice.versionText}${why}`, isStandIn: true };
  },
};

const isAbsence = (message: string): boolean => message.includes("is not on this machine");

/** Which of the native libraries this machine has. */
export function findLibraries(): LibraryFinding[] {
  return (["xgboost", "lightgbm", "libsvm"] as const).map((name) => {
    const { title, mend } = nativeLibrary(name);
    try {
      const { found, isStandIn } = loaders[name]();
      return { name, title, works: true, found, mend: isStandIn ? mend : null };
    } catch (thrown) {
      const text = thrown instanceof Error ? thrown.message : String(thrown);
      return { name, title, works: false, found: isAbsence(text) ? "none" : text, mend };
    }
  });
}
