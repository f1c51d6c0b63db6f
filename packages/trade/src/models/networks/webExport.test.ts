import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { basename, dirname, extname, join } from "node:path";
import {
  createTrainingProgram,
  loadPredictor,
  reduceMean,
  reduceSum,
  type TrainingProgram,
} from "@orion/grad";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NetworkConfig, signalNetwork } from "./index.ts";

// Exported models in onnxruntime-web, in a real browser, against the same file in Node.
const chromiumPath = process.env.ORION_CHROMIUM ?? "/usr/bin/chromium";
const require = createRequire(import.meta.url);
const webFolder = dirname(require.resolve("onnxruntime-web"));
const types: Record<string, string> = {
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".html": "text/html",
};

/** What the page does; it is served as it stands, so that no bundler touches its import. */
const pageText = `<!doctype html><script type="module">
import * as ort from "/ort.wasm.min.mjs";
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = "/";
globalThis.predict = async (name, x, dims) => {
  const session = await ort.InferenceSession.create("/" + name, { executionProviders: ["wasm"] });
  const outputs = await session.run({ x: new ort.Tensor("float32", Float32Array.from(x), dims) });
  const told = Object.fromEntries(session.outputNames.map((output) => [output, Array.from(outputs[output].data)]));
  await session.release();
  return told;
};
</script>`;
type Predict = (name: string, x: number[], dims: number[]) => Promise<Record<string, number[]>>;

const WINDOW = 9;
const FEATURES = 5;
const ROWS = 3;
const x = Float32Array.from({ length: ROWS * WINDOW * FEATURES }, (_, i) => 1.5 * Math.sin(1.9 * i + 0.3));

const models = new Map<string, Uint8Array>();
let server: Server;
let browser: Browser;
let page: Page;

/** Serves the runtime's own files and the exported models, to this machine alone. */
async function serve(): Promise<string> {
  server = createServer(async (request, response) => {
    const name = basename(new URL(request.url ?? "/", "http://127.0.0.1").pathname);
    const model = models.get(name);
    const body =
      name === ""
        ? Buffer.from(pageText)
        : (model ?? (await readFile(join(webFolder, name)).catch(() => null)));
    response.writeHead(body ? 200 : 404, {
      "content-type": types[extname(name) || ".html"] ?? "application/octet-stream",
    });
    response.end(body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

beforeAll(async () => {
  const url = await serve();
  browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => "predict" in globalThis);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

async function untrained(config: object): Promise<TrainingProgram> {
  return createTrainingProgram({
    network: signalNetwork(NetworkConfig.parse({ window: WINDOW, dropout: 0, ...config }), 0.02),
    input: { time: WINDOW, features: FEATURES },
    targets: {},
    // any scalar that every weight has a part in
    loss: (g, y) => ({ loss: reduceMean(g, reduceSum(g, y.logits!, 1)), metrics: {} }),
    optimizer: { learningRate: 1e-3, weightDecay: 0 },
    clipNorm: 1,
    batch: 2,
    seed: 5,
    threads: 1,
    freeze: (name) => name.startsWith("returnHead."),
  });
}

/** What the page says of the model of that name. */
function inBrowser(name: string): Promise<Record<string, number[]>> {
  return page.evaluate(
    ({ name, x, dims }) => (globalThis as unknown as { predict: Predict }).predict(name, x, dims),
    { name, x: Array.from(x), dims: [ROWS, WINDOW, FEATURES] },
  );
}

const xlstm = { width: 8, heads: 2, blocks: ["slstm", "mlstm"] };
test.each([
  ["a Transformer", { kind: "transformerSignal", width: 8, heads: 2, blocks: 2, feedForward: 12 }, "Softmax"],
  ["an LSTM", { kind: "timeframeLstm", width: 8, layers: 2 }, "LSTM"],
  ["an xLSTM", { kind: "simplexLstm", xlstm }, "Tanh"],
])("%s gives in the browser what it gives in Node, within 1e-5", async (title, config, operator) => {
  const program = await untrained(config);
  const onnx = program.exportOnnx({});
  await program.close();
  // the node that the test is about is in the file
  expect(Buffer.from(onnx).includes(operator)).toBe(true);
  const predictor = await loadPredictor(onnx, { threads: 1 });
  const own = await predictor.predict(x, ROWS).finally(() => predictor.close());
  const name = `${title.replaceAll(" ", "-")}.onnx`;
  models.set(name, onnx);
  const told = await inBrowser(name);
  expect(Object.keys(told).toSorted()).toEqual(["logits", "probabilities", "return"]);
  for (const [output, values] of Object.entries(own)) {
    expect(told[output]).toHaveLength(values.length);
    values.forEach((v, i) => {
      expect(Math.abs(told[output]![i]! - v), `${output} ${i}`).toBeLessThan(1e-5);
    });
  }
  expect(new Set(own.logits).size).toBe(3 * ROWS);
});
