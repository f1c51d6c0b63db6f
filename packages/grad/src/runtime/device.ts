import { listSupportedBackends } from "onnxruntime-node";

/** Where a graph runs: ONNX Runtime's execution providers that its package for Node.js can have. */
export const DEVICES = ["cpu", "webgpu", "cuda"] as const;
export type Device = (typeof DEVICES)[number];

/** Whether a device works here. */
export interface DeviceFinding {
  device: Device;
  works: boolean;
  found: string;
  /** What to do, where it does not work. */
  mend: string | null;
}

const mends: Record<Exclude<Device, "cpu">, string> = {
  webgpu:
    "install a graphics driver with Vulkan (on Debian libvulkan1, and the driver that your card's maker offers)",
  cuda: "install an NVIDIA driver, CUDA 12 and cuDNN 9, then run ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js in Orion's folder",
};

/** Whether ONNX Runtime's package for this platform knows the device at all; its library or driver may still be missing. */
export const isKnownHere = (device: Device): boolean =>
  listSupportedBackends().some(({ name }) => name === device);

/** What stands in the way, and how to get it out, told from what ONNX Runtime says when it cannot open the device. */
export function missingDevice(device: Device, thrown: string): DeviceFinding {
  const said = thrown.replace(/\s+/g, " ").trim();
  const finding = (found: string, mend: string): DeviceFinding => ({ device, works: false, found, mend });
  if (device === "cpu") return finding(said, "run npm ci in Orion's folder");
  if (!isKnownHere(device) || /backend not found/i.test(said))
    return finding(
      `ONNX Runtime's package for ${process.platform} ${process.arch} has no ${device}`,
      "nothing that could be installed is known",
    );
  if (device === "cuda" && /failed to load (shared )?library/i.test(said))
    return finding("ONNX Runtime's CUDA library, or one that it needs, is missing", mends.cuda);
  if (device === "webgpu" && /adapter/i.test(said))
    return finding("no graphics adapter answers", mends.webgpu);
  return finding(said.slice(-200), mends[device]);
}
