import { type Dialect, json } from "../dialect.ts";
import type { World } from "../world.ts";

export function schwabDialect(_world: World): Dialect {
  return {
    venue: "schwab",
    routes: [],
    headers: () => ({}),
    refuse: () => json({ message: "not found" }, 404),
  };
}
