import { sha256 } from "../core/hash.ts";
import type { Fill, Order } from "./order.ts";

/**
 * SHA-256 (hex) of all orders and fills, one line each with its exact amounts (whole numbers of 1e-8), orders first.
 * Equal runs give equal text on every machine.
 */
export function ordersDigest(orders: readonly Order[], fills: readonly Fill[]): string {
  const lines = [
    ...orders.map((o) =>
      JSON.stringify([
        "order",
        o.id,
        o.time,
        o.instrument,
        o.side,
        String(o.quantity),
        o.reduceOnly,
        o.reason,
        o.protection?.stop ?? null,
        o.protection?.target ?? null,
      ]),
    ),
    ...fills.map((f) =>
      JSON.stringify([
        "fill",
        f.orderId,
        f.time,
        f.barTime,
        f.instrument,
        f.side,
        f.kind,
        String(f.quantity),
        String(f.price),
        String(f.referencePrice),
        String(f.fee),
      ]),
    ),
  ];
  return sha256(lines.join("\n"));
}

/** SHA-256 (hex) of the equity curve: times and values as little-endian float64. */
export function equityDigest(time: Float64Array, equity: Float64Array): string {
  return sha256(littleEndian(time), littleEndian(equity));
}

function littleEndian(column: Float64Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8 * column.length));
  for (let i = 0; i < column.length; i++) bytes.setFloat64(8 * i, column[i]!, true);
  return new Uint8Array(bytes.buffer);
}
