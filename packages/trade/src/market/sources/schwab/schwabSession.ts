import { randomBytes } from "node:crypto";
import { z } from "zod";
import { UsageError } from "../../../core/errors.ts";
import { DAY_MS, isoTime, MINUTE_MS } from "../../../core/time.ts";
import { CutAnswer } from "../connectionFault.ts";
import { DEFAULT_RETRY, type RetryPolicy } from "../retry.ts";
import { judgeFault, VenueFault, VenueFetch } from "../stock/venueFetch.ts";
import { type Asked, VenueCalls } from "../venueCalls.ts";
import type { SchwabTokens, TokenKeeper } from "./schwabTokens.ts";

/** Schwab's refresh token lives for seven days from the sign-in; a refresh does not lengthen it. */
const REFRESH_LIFE_MS = 7 * DAY_MS;
/** An access token that ends within this is renewed before it is used. */
const RENEW_BEFORE_MS = MINUTE_MS;

export const DEFAULT_REDIRECT = "https://127.0.0.1:8182/callback";
const SIGN_IN = "sign in with: orion data login schwab";

export interface SchwabOptions {
  /** of the app that is registered at developer.schwab.com */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** as registered with the app; nothing has to listen there */
  readonly redirectUri?: string;
  readonly tokens: TokenKeeper;
  /** told once, 24 h before the sign-in ends */
  readonly notice?: (line: string) => void;
  /** where Schwab is reached instead of its own host */
  readonly baseUrl?: string;
  readonly timeoutMs?: number;
  /** keeps below Schwab's 120 requests a minute; default true */
  readonly rateLimit?: boolean;
  readonly retry?: Partial<RetryPolicy>;
  /** ms UTC; default the wall clock */
  readonly clock?: () => number;
}

const answerSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive(),
});

type Library = typeof import("@sudowealth/schwab-api");

/** The sign-in at Schwab: tokens by the three-legged OAuth flow, renewed when they end. Secrets appear in no error of it. */
export class SchwabSession {
  readonly calls: VenueCalls;
  readonly fetch: VenueFetch;
  readonly library: Library;
  readonly clientId: string;
  readonly #secret: string;
  readonly #redirectUri: string;
  readonly #options: SchwabOptions;
  readonly #clock: () => number;
  #tokens: SchwabTokens | null = null;
  #pasted = "";
  #state = "";
  #refreshing: Promise<string> | null = null;
  #isWarned = false;

  private constructor(options: SchwabOptions, library: Library, clientId: string, secret: string) {
    const policy = { ...DEFAULT_RETRY, ...options.retry };
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#redirectUri = options.redirectUri ?? DEFAULT_REDIRECT;
    this.library = library;
    this.clientId = clientId;
    this.#secret = secret;
    this.calls = new VenueCalls("schwab", policy, judgeFault);
    this.fetch = new VenueFetch("Schwab", {
      baseUrl: options.baseUrl,
      timeoutMs: options.timeoutMs ?? 20_000,
      perMinute: options.rateLimit === false ? 0 : 115,
      policy,
      secrets: () => [
        secret,
        this.#pasted,
        this.#tokens?.accessToken ?? "",
        this.#tokens?.refreshToken ?? "",
      ],
      clock: this.#clock,
    });
  }

  /** @throws UsageError without the app's key and secret */
  static async open(options: SchwabOptions): Promise<SchwabSession> {
    const { clientId, clientSecret } = options;
    if (!clientId || !clientSecret) {
      throw new UsageError(
        "schwab: no app: register one at developer.schwab.com and set SCHWAB_CLIENT_ID and SCHWAB_CLIENT_SECRET",
      );
    }
    return new SchwabSession(options, await import("@sudowealth/schwab-api"), clientId, clientSecret);
  }

  /** Where the user signs in with a browser; Schwab then sends the browser to the redirect address, code included. */
  authorizeUrl(): string {
    this.#state = randomBytes(16).toString("base64url");
    return this.library.auth.buildAuthorizeUrlWithContext(this.#context(), {
      clientId: this.clientId,
      redirectUri: this.#redirectUri,
      state: this.#state,
    });
  }

  /**
   * Ends the sign-in with what the user copied out of the browser: the address that it was sent to, or the code alone.
   * @throws UsageError for a text without a code, of another sign-in, or a code that Schwab does not take
   */
  async signIn(pasted: string, asked: Omit<Asked, "what"> = {}): Promise<{ refreshEndsAt: number }> {
    const code = codeIn(pasted, this.#state);
    this.#pasted = code;
    const answer = await this.calls.call({ ...asked, what: "the sign-in" }, async () => {
      const exchange = this.library.auth.exchangeCodeForTokenWithContext;
      const options = { ...this.#keys(), code, redirectUri: this.#redirectUri };
      return await this.#ask(
        () => exchange(this.#context(), options),
        "Schwab did not take the code: it is good once, for 30 seconds; check SCHWAB_CLIENT_ID, SCHWAB_CLIENT_SECRET and the app's redirect address, and sign in again",
        asked.signal,
      );
    });
    if (answer.refresh_token === undefined) throw new UsageError(`schwab gave no refresh token: ${SIGN_IN}`);
    const refreshEndsAt = this.#clock() + REFRESH_LIFE_MS;
    await this.#keep(answer, answer.refresh_token, refreshEndsAt);
    return { refreshEndsAt };
  }

  /** A token that is good for a minute at least. @throws UsageError when the user has to sign in again */
  async accessToken(signal?: AbortSignal): Promise<string> {
    this.#tokens ??= await this.#options.tokens.load();
    if (this.#tokens === null) throw new UsageError(`schwab: nobody is signed in: ${SIGN_IN}`);
    this.#checkRefresh(this.#tokens);
    const { accessToken, accessEndsAt } = this.#tokens;
    if (accessToken !== null && accessEndsAt - RENEW_BEFORE_MS > this.#clock()) return accessToken;
    return await this.renew(signal);
  }

  /** A new access token; calls at the same time share one request. */
  async renew(signal?: AbortSignal): Promise<string> {
    this.#refreshing ??= this.#renew(signal).finally(() => {
      this.#refreshing = null;
    });
    return await this.#refreshing;
  }

  async #renew(signal?: AbortSignal): Promise<string> {
    const tokens = this.#tokens ?? (await this.#options.tokens.load());
    if (tokens === null) throw new UsageError(`schwab: nobody is signed in: ${SIGN_IN}`);
    this.#checkRefresh(tokens);
    const { refreshTokenWithContext } = this.library.auth;
    const answer = await this.#ask(
      () => refreshTokenWithContext(this.#context(), { ...this.#keys(), refreshToken: tokens.refreshToken }),
      `schwab takes the sign-in no more (it lasts seven days): ${SIGN_IN}`,
      signal,
    );
    await this.#keep(answer, answer.refresh_token ?? tokens.refreshToken, tokens.refreshEndsAt);
    return answer.access_token;
  }

  #checkRefresh({ refreshEndsAt }: SchwabTokens): void {
    if (refreshEndsAt === null) return;
    const left = refreshEndsAt - this.#clock();
    if (left <= 0) {
      throw new UsageError(`schwab: the sign-in ended at ${isoTime(refreshEndsAt)}: ${SIGN_IN}`);
    }
    if (left > DAY_MS || this.#isWarned) return;
    this.#isWarned = true;
    const hours = Math.max(1, Math.floor(left / (60 * MINUTE_MS)));
    this.#options.notice?.(
      `schwab: the sign-in ends in ${hours} h, at ${isoTime(refreshEndsAt)}: ${SIGN_IN}`,
    );
  }

  async #keep(
    answer: z.output<typeof answerSchema>,
    refreshToken: string,
    refreshEndsAt: number | null,
  ): Promise<void> {
    this.#tokens = {
      accessToken: answer.access_token,
      accessEndsAt: this.#clock() + answer.expires_in * 1000,
      refreshToken,
      refreshEndsAt,
    };
    await this.#options.tokens.save(this.#tokens);
  }

  async #ask(
    ask: () => Promise<unknown>,
    refusal: string,
    signal?: AbortSignal,
  ): Promise<z.output<typeof answerSchema>> {
    try {
      const parsed = answerSchema.safeParse(await this.fetch.run(ask, signal));
      if (parsed.success) return parsed.data;
      throw new CutAnswer("the answer holds no token");
    } catch (thrown) {
      const isRefusal = thrown instanceof VenueFault && (thrown.status === 400 || thrown.status === 401);
      if (isRefusal) throw new UsageError(`${refusal} (${thrown.message})`);
      throw thrown;
    }
  }

  #keys(): { clientId: string; clientSecret: string } {
    return { clientId: this.clientId, clientSecret: this.#secret };
  }

  #context() {
    const silent = (): void => {};
    return {
      config: {
        baseUrl: this.#options.baseUrl ?? "https://api.schwabapi.com",
        environment: "PRODUCTION" as const,
        enableLogging: false,
        logLevel: "none" as const,
        apiVersion: "v1" as const,
        // the fetch that it is given ends by itself
        timeout: 2 ** 31 - 1,
      },
      fetchFn: (request: Request) => this.fetch.fetch(request),
      logger: { debug: silent, info: silent, warn: silent, error: silent },
    };
  }
}

function codeIn(pasted: string, state: string): string {
  const text = pasted.trim();
  if (!URL.canParse(text)) {
    if (/^[\w.%@~+/=-]{8,}$/.test(text)) return decodeURIComponent(text);
  } else {
    const query = new URL(text).searchParams;
    const code = query.get("code");
    if (code && query.has("state") && query.get("state") !== state) {
      throw new UsageError("this address belongs to another sign-in: open the address that was just printed");
    }
    if (code) return code;
  }
  throw new UsageError(
    "there is no code in this text: copy the whole address that the browser ended on, it holds ?code=…",
  );
}
