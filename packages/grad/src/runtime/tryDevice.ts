import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { GradUsageError } from "../errors.ts";
import { DEVICES, type Device, type DeviceFinding, isKnownHere, missingDevice } from "./device.ts";

/** A device that multiplies in TensorFloat-32 keeps 10 bits of a factor: 1e-3, and sums of many are a little worse. */
const TOLERANCE = 0.01;
const TRIAL_MS = 120_000;
/** The built file: Node.js does not run the sources. */
const trialFile = fileURLToPath(
  new URL("./deviceTrial.js", import.meta.url.replace("/src/runtime/", "/dist/runtime/")),
);

interface TrialAnswer {
  difference?: number;
  error?: string;
}

/**
 * Trains a small Transformer for two steps on the device and on the CPU, in a process of its own, and compares loss and
 * gradient. Never throws: what is missing is in the answer.
 */
export async function tryDevice(device: Device): Promise<DeviceFinding> {
  if (!isKnownHere(device)) return missingDevice(device, "backend not found");
  const answer = await runTrial(device);
  if (answer.error !== undefined) return missingDevice(device, answer.error);
  const difference = answer.difference ?? Number.NaN;
  if (!(difference <= TOLERANCE)) {
    const found = `its results differ from the CPU's by ${(100 * difference).toFixed(1)} %`;
    return { device, works: false, found, mend: "renew its driver" };
  }
  const found =
    device === "cpu" ? "trains" : `trains; differs from the CPU by ${difference.toExponential(1)} at most`;
  return { device, works: true, found, mend: null };
}

function runTrial(device: Device): Promise<TrialAnswer> {
  return new Promise((resolve) => {
    const options = { timeout: TRIAL_MS, env: process.env };
    execFile(process.execPath, [trialFile, device], options, (failed, stdout) => {
      try {
        resolve(JSON.parse(stdout.trim().split("\n").at(-1)!) as TrialAnswer);
      } catch {
        const how = failed?.killed ? `no answer in ${TRIAL_MS / 1000} s` : (failed?.signal ?? failed?.code);
        resolve({ error: `the trial process ended without an answer (${how})` });
      }
    });
  });
}

/** A device that works, and why it was taken, for people. */
export interface ChosenDevice {
  device: Device;
  why: string;
}

/**
 * "auto" takes CUDA, else WebGPU, where a trial of it gives the CPU's results; else the CPU. A device that is asked for by
 * name has to work. Throws GradUsageError with what is missing.
 */
export async function chooseDevice(wanted: Device | "auto"): Promise<ChosenDevice> {
  if (wanted === "cpu") return { device: "cpu", why: "asked for" };
  if (wanted !== "auto") {
    const finding = await tryDevice(wanted);
    if (!finding.works)
      throw new GradUsageError(`--device ${wanted}: ${finding.found}: ${finding.mend}; or use --device cpu`);
    return { device: wanted, why: finding.found };
  }
  const reasons: string[] = [];
  for (const device of DEVICES.toReversed().filter((d) => d !== "cpu")) {
    const { works, found } = await tryDevice(device);
    if (works) return { device, why: found };
    reasons.push(`${device}: ${found}`);
  }
  return { device: "cpu", why: reasons.join("; ") };
}
