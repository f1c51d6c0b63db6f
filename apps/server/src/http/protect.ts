import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";

/**
 * Security headers and a ceiling on requests. The page loads its own files only; it sets styles from scripts
 * (charts), which the policy allows through the object model but not as text.
 */
export async function protect(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    // the server speaks plain HTTP on the loopback: a browser must not be told to insist on TLS
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: "no-referrer" },
    crossOriginEmbedderPolicy: false,
  });
  await app.register(rateLimit, { max: 1200, timeWindow: 60_000 });
}

/** For the routes that start heavy work. */
export const heavyRate = { rateLimit: { max: 60, timeWindow: 60_000 } };
