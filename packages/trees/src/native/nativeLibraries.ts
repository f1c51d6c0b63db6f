import { existsSync, readFileSync } from "node:fs";
import { lightgbmCachePath } from "../build/lightgbmCachePath.ts";

export type LibraryName = "xgboost" | "lightgbm" | "libsvm";

export interface NativeLibrary {
  title: string;
  /** environment variable that names the file */
  variable: string;
  /** names for the system's loader and paths, tried in this order */
  candidates: readonly string[];
  /** the one command that installs it here */
  mend: string;
}

const isMac = process.platform === "darwin";
/** where Homebrew keeps libraries on Apple's and on Intel's processors */
const brewFolders = ["/opt/homebrew/lib", "/usr/local/lib"];
const onMac = (file: string): string[] => brewFolders.map((folder) => `${folder}/${file}`);

/** Debian's package is named after the library's interface: libxgboost3 from Debian 14 on. */
function xgboostPackage(): string {
  try {
    const release = readFileSync("/etc/os-release", "utf8");
    const version = /^VERSION_ID="?(\d+)/m.exec(release)?.[1];
    // testing and unstable have no number
    const isLater = version === undefined ? /^ID=debian$/m.test(release) : Number(version) >= 14;
    return /^ID=debian$/m.test(release) && isLater ? "libxgboost3" : "libxgboost0";
  } catch {
    return "libxgboost0";
  }
}

/** Where each library may lie: what the system has comes before what this program built. */
export function nativeLibrary(name: LibraryName): NativeLibrary {
  if (name === "xgboost")
    return {
      title: "XGBoost",
      variable: "ORION_XGBOOST",
      candidates: isMac ? onMac("libxgboost.dylib") : ["libxgboost.so.0", "libxgboost.so.3", "libxgboost.so"],
      mend: isMac ? "brew install xgboost" : `apt-get install ${xgboostPackage()}`,
    };
  if (name === "libsvm")
    return {
      title: "libsvm",
      variable: "ORION_LIBSVM",
      candidates: isMac ? [...onMac("libsvm.dylib"), ...onMac("libsvm.2.dylib")] : ["libsvm.so.3"],
      mend: isMac ? "brew install libsvm" : "apt-get install libsvm3",
    };
  const built = lightgbmCachePath();
  return {
    title: "LightGBM",
    variable: "ORION_LIGHTGBM",
    candidates: [
      ...(isMac ? onMac("lib_lightgbm.dylib") : ["lib_lightgbm.so"]),
      ...(existsSync(built) ? [built] : []),
    ],
    mend: "./orion doctor --build",
  };
}
