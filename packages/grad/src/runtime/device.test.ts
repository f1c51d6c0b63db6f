import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GradUsageError } from "../errors.ts";
import { DEVICES, missingDevice } from "./device.ts";
import { chooseDevice, tryDevice } from "./tryDevice.ts";

describe("missingDevice", () => {
  // What ONNX Runtime 1.30 said on machines without a graphics card, taken down word by word.
  it("says in one line what is missing and how to get it", () => {
    const cuda = missingDevice(
      "cuda",
      "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library",
    );
    expect(cuda.works).toBe(false);
    const webgpu = missingDevice(
      "webgpu",
      "/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n",
    );
    if (process.platform === "linux" && process.arch === "x64") {
      expect(cuda).toMatchObject({
        found: expect.stringMatching(/CUDA library.* is missing/),
        mend: expect.stringMatching(/CUDA 12 and cuDNN 9.*install\.js/),
      });
      expect(existsSync("node_modules/onnxruntime-node/script/install.js")).toBe(true);
      expect(webgpu).toMatchObject({
        found: "no graphics adapter answers",
        mend: expect.stringMatching(/Vulkan/),
      });
    }
  });

  it("tells what it does not know in ONNX Runtime's words, on one line", () => {
    const { found } = missingDevice("cpu", "the sky\nis  falling\n");
    expect(found).toBe("the sky is falling");
  });
});

describe("chooseDevice", () => {
  it("takes the CPU when it is asked for, without a trial", async () => {
    expect(await chooseDevice("cpu")).toEqual({ device: "cpu", why: "asked for" });
  });

  it("a trial on the CPU itself works", async () => {
    expect(await tryDevice("cpu")).toEqual({ device: "cpu", works: true, found: "trains", mend: null });
  });

  it("by name it takes a device that works and refuses another with what is missing; auto always finds one", async () => {
    const findings = await Promise.all([tryDevice("webgpu"), tryDevice("cuda")]);
    for (const { device, works, found, mend } of findings) {
      if (works) expect(await chooseDevice(device)).toEqual({ device, why: found });
      else {
        const refused = chooseDevice(device);
        await expect(refused).rejects.toThrow(GradUsageError);
        await expect(refused).rejects.toThrow(`--device ${device}: ${found}: ${mend}; or use --device cpu`);
      }
    }
    const { device, why } = await chooseDevice("auto");
    expect(DEVICES).toContain(device);
    if (findings.every((f) => !f.works)) {
      expect(device).toBe("cpu");
      for (const { found } of findings) expect(why).toContain(found);
    } else expect(device).not.toBe("cpu");
  });
});
