import { type Dialect, json } from "../dialect.ts";
import type { World } from "../world.ts";

export function yahooDialect(_world: World): Dialect {
  return {
    venue: "yahoo",
    routes: [],
    headers: () => ({}),
    refuse: () => json({ message: "not found" }, 404),
  };
}
