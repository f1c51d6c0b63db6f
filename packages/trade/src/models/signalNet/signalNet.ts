import { loadPredictor, type Predictor } from "@orion/grad";
import { UsageError } from "../../core/errors.ts";
import { applyScaler } from "../../features/index.ts";
import { priorCorrect } from "../evaluation/index.ts";
import type { FeatureSet, PredictOptions } from "../model.ts";
import { featureMatrix, gatherWindows } from "../sequence/featureMatrix.ts";
import type { SignalNetManifest } from "./signalNetManifest.ts";

/** Predictions for some rows: probabilities at the market's own class frequencies, and the return as a fraction. */
export interface SignalForecast {
  readonly buy: Float32Array;
  readonly hold: Float32Array;
  readonly sell: Float32Array;
  readonly return: Float32Array;
}

/** Windows that go through the network at once: more gives no more speed and only costs memory. */
const batch = 64;

/** A trained signal network, ready to predict. */
export class SignalNet {
  readonly manifest: SignalNetManifest;
  readonly #predictor: Predictor;

  private constructor(manifest: SignalNetManifest, predictor: Predictor) {
    this.manifest = manifest;
    this.#predictor = predictor;
  }

  /** @throws an error of the engine when the file is cut short or no graph of this network */
  static async open(onnx: Uint8Array, manifest: SignalNetManifest, threads?: number): Promise<SignalNet> {
    const predictor = await loadPredictor(onnx, threads === undefined ? {} : { threads });
    return new SignalNet(manifest, predictor);
  }

  /**
   * Forecasts for `rows`; each needs a full window of values before it.
   * @throws UsageError when the columns are not those that the network was trained on
   */
  async predict(x: FeatureSet, rows: Int32Array, options: PredictOptions = {}): Promise<SignalForecast> {
    const { scaler, classWeights, network } = this.manifest;
    if (x.names.join() !== scaler.names.join()) {
      throw new UsageError(
        `the model was trained on the columns ${scaler.names.join(", ")}; these are ${x.names.join(", ")}`,
      );
    }
    const matrix = featureMatrix(applyScaler(x.columns, scaler));
    const size = network.window * matrix.features;
    const input = new Float32Array(Math.min(batch, rows.length) * size);
    const forecast = {
      buy: new Float32Array(rows.length),
      hold: new Float32Array(rows.length),
      sell: new Float32Array(rows.length),
      return: new Float32Array(rows.length),
    };
    const started = performance.now();
    for (let from = 0; from < rows.length; from += batch) {
      options.signal?.throwIfAborted();
      const part = rows.subarray(from, from + batch);
      const windows = input.subarray(0, part.length * size);
      gatherWindows(matrix, network.window, part, windows);
      const out = await this.#predictor.predict(windows, part.length);
      const corrected = priorCorrect(out.probabilities!, classWeights);
      for (let i = 0; i < part.length; i++) {
        forecast.buy[from + i] = corrected[i * 3]!;
        forecast.hold[from + i] = corrected[i * 3 + 1]!;
        forecast.sell[from + i] = corrected[i * 3 + 2]!;
        forecast.return[from + i] = out.return![i]!;
      }
      const done = from + part.length;
      options.onProgress?.({
        stage: "predicting",
        done,
        total: rows.length,
        secondsLeft: ((performance.now() - started) / 1000 / done) * (rows.length - done),
      });
    }
    return forecast;
  }

  close(): Promise<void> {
    return this.#predictor.close();
  }
}
