import { type Answer, type Call, json, type Route } from "../dialect.ts";
import { seedOf } from "../fault.ts";
import type { World } from "../world.ts";

const ACCESS_MS = 30 * 60_000;
const REFRESH_MS = 7 * 86_400_000;
/** An authorization code must be exchanged quickly, and once. */
const CODE_MS = 30_000;

/** Codes and tokens that were given out, with the simulated time at which each ends. */
export class SchwabTokens {
  readonly world: World;
  readonly #codes = new Map<string, number>();
  readonly #access = new Map<string, number>();
  readonly #refresh = new Map<string, number>();
  #made = 0;

  constructor(world: World) {
    this.world = world;
  }

  createCode(): string {
    return this.#create("C0", this.#codes, CODE_MS);
  }

  takeCode(code: string): boolean {
    const isGood = (this.#codes.get(code) ?? 0) > this.world.now;
    this.#codes.delete(code);
    return isGood;
  }

  isRefreshToken(token: string): boolean {
    return (this.#refresh.get(token) ?? 0) > this.world.now;
  }

  /** A refresh gives a new access token and the same refresh token: its seven days run from the sign-in. */
  issue(refreshToken?: string): object {
    const refresh = refreshToken ?? this.#create("R0", this.#refresh, REFRESH_MS);
    return {
      expires_in: ACCESS_MS / 1000,
      token_type: "Bearer",
      scope: "api",
      refresh_token: refresh,
      access_token: this.#create("I0", this.#access, ACCESS_MS),
      id_token: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzaW11bGF0b3IifQ.",
    };
  }

  isAllowed(call: Call): boolean {
    const token = /^Bearer (.+)$/.exec(call.headers.authorization ?? "")?.[1] ?? "";
    return (this.#access.get(token) ?? 0) > this.world.now;
  }

  expireAccess(): void {
    this.#access.clear();
  }

  #create(prefix: string, into: Map<string, number>, lifeMs: number): string {
    const number = this.#made++;
    const parts = [1, 2, 3, 4].map((i) => seedOf(i, "token", number).toString(16).padStart(8, "0"));
    const token = `${prefix}.${Buffer.from(parts.join("")).toString("base64url")}@`;
    into.set(token, this.world.now + lifeMs);
    return token;
  }
}

/** The three-legged OAuth flow; signing in and consenting are taken for granted. */
export function oauthRoutes(tokens: SchwabTokens): Route[] {
  return [
    { method: "GET", path: /^\/v1\/oauth\/authorize$/, handle: (call) => authorize(tokens, call) },
    { method: "POST", path: /^\/v1\/oauth\/token$/, handle: (call) => exchange(tokens, call) },
  ];
}

function authorize(tokens: SchwabTokens, call: Call): Answer {
  const redirect = call.query.get("redirect_uri") ?? "";
  const isClient =
    tokens.world.keys.schwab === undefined ||
    tokens.world.keys.schwab.clientId === call.query.get("client_id");
  if (!isClient || call.query.get("response_type") !== "code" || !URL.canParse(redirect)) {
    return json({ error: "invalid_request", error_description: "client, redirect or response type" }, 400);
  }
  const target = new URL(redirect);
  target.searchParams.set("code", tokens.createCode());
  target.searchParams.set("session", "00000000-0000-4000-8000-000000000002");
  const state = call.query.get("state");
  if (state !== null) target.searchParams.set("state", state);
  return { status: 302, body: "", type: "text/plain", headers: { location: target.href } };
}

function exchange(tokens: SchwabTokens, call: Call): Answer {
  if (!isClient(tokens.world, call.headers.authorization)) {
    return json({ error: "invalid_client", error_description: "Unauthorized" }, 401);
  }
  const form = new URLSearchParams(call.body);
  const grant = form.get("grant_type");
  if (grant === "authorization_code") {
    return tokens.takeCode(form.get("code") ?? "")
      ? json(tokens.issue())
      : json({ error: "invalid_grant", error_description: "Authorization code expired or used" }, 400);
  }
  if (grant === "refresh_token") {
    const token = form.get("refresh_token") ?? "";
    return tokens.isRefreshToken(token)
      ? json(tokens.issue(token))
      : json(
          {
            error: "refresh_token_authentication_error",
            error_description: "Exception while authenticating refresh token",
          },
          400,
        );
  }
  return json({ error: "unsupported_grant_type", error_description: `grant type '${grant ?? ""}'` }, 400);
}

function isClient(world: World, authorization: string | undefined): boolean {
  const basic = /^Basic (.+)$/.exec(authorization ?? "")?.[1];
  if (!basic) return false;
  const keys = world.keys.schwab;
  const [id, secret] = Buffer.from(basic, "base64").toString("utf8").split(":");
  return keys === undefined ? Boolean(id && secret) : id === keys.clientId && secret === keys.clientSecret;
}
