import { type Dialect, json } from "../dialect.ts";
import type { World } from "../world.ts";

export function alpacaDialect(_world: World): Dialect {
  return {
    venue: "alpaca",
    routes: [],
    headers: () => ({}),
    refuse: () => json({ message: "not found" }, 404),
  };
}
