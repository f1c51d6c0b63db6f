import { DataError } from "../core/errors.ts";
import type { TimedForecast } from "./forecastRows.ts";

const columns = ["buy", "hold", "sell", "return"] as const;
const bytesPerRow = 8 + 4 * columns.length;

/** N rows as bytes: N close times (float64), then N values of each column (float32), all little-endian. */
export function encodeForecast(forecast: TimedForecast): Uint8Array {
  const n = forecast.closeTime.length;
  const bytes = new Uint8Array(n * bytesPerRow);
  bytes.set(bytesOf(forecast.closeTime), 0);
  columns.forEach((name, c) => {
    bytes.set(bytesOf(forecast[name]), 8 * n + 4 * n * c);
  });
  return bytes;
}

/** @throws DataError when the length fits no whole number of rows */
export function decodeForecast(bytes: Uint8Array): TimedForecast {
  const n = bytes.byteLength / bytesPerRow;
  if (!Number.isInteger(n))
    throw new DataError(`forecasts of ${bytes.byteLength} bytes are cut short: train the model again`);
  // a copy of its own: the bytes may begin at an odd place of a shared buffer (and a Buffer's slice would share it still)
  const own = new Uint8Array(bytes).buffer;
  const column = (c: number): Float32Array => new Float32Array(own, 8 * n + 4 * n * c, n);
  return {
    closeTime: new Float64Array(own, 0, n),
    buy: column(0),
    hold: column(1),
    sell: column(2),
    return: column(3),
  };
}

function bytesOf(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
