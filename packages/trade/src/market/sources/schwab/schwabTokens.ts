import { z } from "zod";

/** What Schwab gave at the sign-in; times in ms UTC. */
export const schwabTokensSchema = z.strictObject({
  /** null where only the refresh token is known */
  accessToken: z.string().nullable(),
  accessEndsAt: z.number(),
  refreshToken: z.string(),
  /** seven days after the sign-in; null where that day is not known */
  refreshEndsAt: z.number().nullable(),
});
export type SchwabTokens = z.output<typeof schwabTokensSchema>;

/** Where tokens are kept between runs; what it throws is told as it is. */
export interface TokenKeeper {
  load(): Promise<SchwabTokens | null>;
  save(tokens: SchwabTokens): Promise<void>;
}

/** Tokens of a process: of a test, or out of an environment variable. */
export function tokensInMemory(tokens: SchwabTokens | null): TokenKeeper {
  let held = tokens;
  return {
    load: async () => held,
    save: async (fresh) => {
      held = fresh;
    },
  };
}
