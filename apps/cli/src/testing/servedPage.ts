import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";
import { launchBrowser, serveWorkspace } from "./browser.ts";

/** The built page, served by the built command line, in a real browser of its own. */
export interface ServedPage {
  readonly url: string;
  readonly page: Page;
  /** what the page logged as an error, but for answers that refuse something: the browser logs those by itself */
  readonly faults: readonly string[];
  byId(id: string): Locator;
  /** a JSON answer of the server */
  read(path: string): Promise<unknown>;
  /** px that the document needs: more than the view's means that it scrolls sideways */
  width(): Promise<number>;
  /** the text of what has the focus */
  focused(): Promise<string>;
  /** A picture for whoever looks at pages, into the folder that ORION_SHOTS names; nothing without it. */
  shoot(name: string, fullPage?: boolean): Promise<void>;
  /**
   * The picture in the documentation, down to `bottomPx` or of the whole page: ORION_SCREENSHOT=1 in the environment of the
   * test renews docs/NAME.png.
   */
  shootForDocs(name: string, bottomPx?: number): Promise<void>;
  /** Ends browser and server, and waits for the server's end. */
  close(): Promise<void>;
}

/** Serves a workspace and opens a browser on a desktop's view, dark; the page itself is left for the test to open. */
export async function servePage(workspace: string, env?: NodeJS.ProcessEnv): Promise<ServedPage> {
  const { server, url } = await serveWorkspace(workspace, env);
  const end = async (): Promise<void> => {
    if (server.exitCode !== null) return;
    server.kill("SIGTERM");
    await once(server, "exit");
  };
  const browser = await launchBrowser().catch(async (error: unknown) => {
    await end();
    throw error;
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "dark" });
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  return {
    url,
    page,
    faults,
    byId: (id) => page.getByTestId(id),
    read: async (path) => (await fetch(`${url}${path}`)).json(),
    width: () => page.evaluate<number>("document.documentElement.scrollWidth"),
    focused: () => page.evaluate<string>("document.activeElement?.textContent ?? ''"),
    async shoot(name, fullPage = true) {
      const folder = process.env.ORION_SHOTS;
      if (!folder) return;
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
    },
    async shootForDocs(name, bottomPx) {
      const path = fileURLToPath(new URL(`../../../../docs/${name}.png`, import.meta.url));
      const { width } = page.viewportSize()!;
      await page.screenshot({
        fullPage: true,
        ...(bottomPx === undefined ? {} : { clip: { x: 0, y: 0, width, height: bottomPx } }),
        ...(process.env.ORION_SCREENSHOT === "1" ? { path } : {}),
      });
    },
    async close() {
      await browser.close();
      await end();
    },
  };
}
