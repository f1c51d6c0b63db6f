import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const builtPage = fileURLToPath(new URL("../../../dashboard/dist", import.meta.url));

/** Addresses of the page's own views: a reload or a link asks the server for them. */
const VIEWS = ["/data", "/features", "/scan"];

/** Serves the built page; its files have their hash in the name, so only the page itself must be asked for anew. */
export async function servePage(app: FastifyInstance, folder: string = builtPage): Promise<void> {
  if (!existsSync(join(folder, "index.html"))) {
    app.get("/", { schema: { hide: true } }, (_request, reply) =>
      reply
        .code(503)
        .type("text/plain; charset=utf-8")
        .send(
          "The page is not built: run 'npm run build --workspace @orion/dashboard'. The API is at /docs.\n",
        ),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    setHeaders(response, path) {
      const isHashed = /[\\/]assets[\\/]/.test(path);
      response.setHeader("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  for (const view of VIEWS) {
    app.get(view, { schema: { hide: true } }, (_request, reply) => reply.sendFile("index.html"));
  }
}
