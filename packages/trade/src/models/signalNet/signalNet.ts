import { loadPredictor, type Predictor } from "@orion/grad";
import { priorCorrect } from "../evaluation/index.ts";
import type { FeatureSet, PredictOptions } from "../model.ts";
import { predictWindows } from "../sequence/predictWindows.ts";
import type { SignalNetManifest } from "./signalNetManifest.ts";

/** Predictions for some rows: probabilities at the market's own class frequencies, and the return as a fraction. */
export interface SignalForecast {
  readonly buy: Float32Array;
  readonly hold: Float32Array;
  readonly sell: Float32Array;
  readonly return: Float32Array;
  /** of an ensemble, how far its members lie apart: standard deviations over the members of each of the above */
  readonly spread?: Omit<SignalForecast, "spread">;
}

/** In the order of the graph's output `spread`. */
const FORECAST_COLUMNS = ["buy", "hold", "sell", "return"] as const;

function emptyForecast(rows: number): Omit<SignalForecast, "spread"> {
  const column = (): Float32Array => new Float32Array(rows);
  return { buy: column(), hold: column(), sell: column(), return: column() };
}

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
    const { classWeights, network } = this.manifest;
    const forecast = emptyForecast(rows.length);
    const spread = this.#predictor.outputs.includes("spread") ? emptyForecast(rows.length) : undefined;
    const windows = {
      names: x.names,
      columns: x.columns,
      rows,
      inputs: this.manifest,
      window: network.window,
    };
    await predictWindows(this.#predictor, windows, options, (out, from, count) => {
      const corrected = priorCorrect(out.probabilities!, classWeights);
      for (let i = 0; i < count; i++) {
        forecast.buy[from + i] = corrected[i * 3]!;
        forecast.hold[from + i] = corrected[i * 3 + 1]!;
        forecast.sell[from + i] = corrected[i * 3 + 2]!;
        forecast.return[from + i] = out.return![i]!;
        FORECAST_COLUMNS.forEach((name, c) => {
          if (spread) spread[name][from + i] = out.spread![i * FORECAST_COLUMNS.length + c]!;
        });
      }
    });
    return spread ? { ...forecast, spread } : forecast;
  }

  close(): Promise<void> {
    return this.#predictor.close();
  }
}
