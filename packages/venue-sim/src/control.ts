import { z } from "zod";
import { type Answer, json } from "./dialect.ts";
import { faultSchema } from "./fault.ts";
import type { World } from "./world.ts";

const advanceSchema = z.strictObject({ ms: z.number().nonnegative() });

/** The simulator's own doors, on every venue's port: `POST /_sim/faults`, `POST /_sim/advance`, `GET /_sim/state`. */
export function control(world: World, method: string, path: string, body: string): Answer {
  if (method === "GET" && path === "/_sim/state") return json(state(world));
  if (method !== "POST" || (path !== "/_sim/faults" && path !== "/_sim/advance")) {
    return json({ error: "the simulator has POST /_sim/faults, POST /_sim/advance, GET /_sim/state" }, 404);
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return json({ error: "the body is no JSON" }, 400);
  }
  const asked =
    path === "/_sim/faults" ? z.array(faultSchema).safeParse(value) : advanceSchema.safeParse(value);
  if (!asked.success) {
    const [issue] = asked.error.issues;
    return json({ error: `${issue?.path.join(".") || "body"}: ${issue?.message}` }, 400);
  }
  if (Array.isArray(asked.data)) world.faults.set(asked.data);
  else world.advance(asked.data.ms);
  return json(state(world));
}

const state = (world: World): object => ({
  now: world.now,
  faults: world.faults.faults,
  requests: world.requests.length,
});
