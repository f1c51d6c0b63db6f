import { loadPredictor, type Predictor } from "@orion/grad";
import { priorCorrect } from "../evaluation/index.ts";
import type { PredictOptions } from "../model.ts";
import { predictWindows } from "../sequence/predictWindows.ts";
import type { MultiTaskManifest } from "./multiTaskManifest.ts";
import { PROBABILITIES } from "./multiTaskNetwork.ts";

/** Predictions for N rows. */
export interface MultiTaskForecast {
  /** by horizon, fractions */
  readonly returns: readonly Float32Array[];
  /** [N, 3] up, neutral, down at the market's own frequencies */
  readonly direction: Float32Array;
  /** [N] the direction that is said: the largest probability when every class weighs the same */
  readonly directionSaid: Uint8Array;
  /** [N, 3] BUY, HOLD, SELL at the market's own frequencies */
  readonly position: Float32Array;
  readonly positionSaid: Uint8Array;
  readonly volatility: Float32Array;
  readonly confidence: Float32Array;
  readonly risk: Float32Array;
}

/** A trained network with six heads, ready to predict. */
export class MultiTaskNet {
  readonly manifest: MultiTaskManifest;
  readonly #predictor: Predictor;

  private constructor(manifest: MultiTaskManifest, predictor: Predictor) {
    this.manifest = manifest;
    this.#predictor = predictor;
  }

  /** @throws an error of the engine when the file is cut short or no graph of this network */
  static async open(onnx: Uint8Array, manifest: MultiTaskManifest, threads?: number): Promise<MultiTaskNet> {
    const predictor = await loadPredictor(onnx, threads === undefined ? {} : { threads });
    return new MultiTaskNet(manifest, predictor);
  }

  /**
   * Forecasts for `rows` of stacked columns; each needs a full window of its own instrument's values before it.
   * @throws UsageError when the columns are not those that the network was trained on
   */
  async predict(
    names: readonly string[],
    columns: readonly Float32Array[],
    rows: Int32Array,
    options: PredictOptions = {},
  ): Promise<MultiTaskForecast> {
    const { scaling, network } = this.manifest;
    const n = rows.length;
    const horizons = scaling.returnScales.length;
    const forecast = {
      returns: scaling.returnScales.map(() => new Float32Array(n)),
      direction: new Float32Array(3 * n),
      directionSaid: new Uint8Array(n),
      position: new Float32Array(3 * n),
      positionSaid: new Uint8Array(n),
      volatility: new Float32Array(n),
      confidence: new Float32Array(n),
      risk: new Float32Array(n),
    };
    const windows = { names, columns, rows, inputs: this.manifest, window: network.window };
    await predictWindows(this.#predictor, windows, options, (out, from, count) => {
      for (const head of ["direction", "position"] as const) {
        const told = out[PROBABILITIES[head]]!;
        forecast[head].set(priorCorrect(told, scaling[`${head}Weights`]), 3 * from);
        for (let i = 0; i < count; i++) forecast[`${head}Said`][from + i] = largest(told, 3 * i);
      }
      for (let i = 0; i < count; i++) {
        for (let h = 0; h < horizons; h++) forecast.returns[h]![from + i] = out.returns![i * horizons + h]!;
      }
      forecast.volatility.set(out.volatility!, from);
      forecast.confidence.set(out.confidence!, from);
      forecast.risk.set(out.risk!, from);
    });
    return forecast;
  }

  close(): Promise<void> {
    return this.#predictor.close();
  }
}

/** Which of three numbers is the largest, the first of equals. */
function largest(values: Float32Array, at: number): number {
  const [a, b, c] = [values[at]!, values[at + 1]!, values[at + 2]!];
  return a >= b && a >= c ? 0 : b >= c ? 1 : 2;
}
