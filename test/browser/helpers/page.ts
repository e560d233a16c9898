import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "../../../scripts/page/find-chromium.ts";

/** Milliseconds within which a page has to report its result. */
const MAX_TIME = 120_000;

type Test = { after(end: () => Promise<void>): void };

/** Handlers of a page's POST requests to its own server, by path. They return the answer's body. */
export type Routes = Readonly<Record<string, (body: string) => Promise<string>>>;

/**
 * Runs a module in a page of headless Chromium and returns the result of its default export, a function. An uncaught error of
 * the page fails the test.
 * @param module the text of an ES module without imports.
 */
export async function runInPage(test: Test, module: string, routes: Routes = {}): Promise<unknown> {
  let resolve: (result: unknown) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<unknown>((resolved, rejected) => {
    [resolve, reject] = [resolved, rejected];
  });
  const allRoutes: Routes = {
    "/result": async (body) => {
      const { result, error } = JSON.parse(body) as { result: unknown; error?: string };
      if (error === undefined) resolve(result);
      else reject(new Error(`The page failed: ${error}`));
      return "";
    },
    ...routes,
  };
  const server = createServer(async (request, response) => {
    const route = allRoutes[request.url ?? ""];
    if (request.method === "POST" && route !== undefined) {
      response.end(await route(await textOf(request)).catch(reject));
    } else if (request.url === "/module.js") response.setHeader("content-type", "text/javascript").end(module);
    else response.setHeader("content-type", "text/html").end(PAGE);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  test.after(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  const program = await findChromium();
  const profile = await mkdtemp(join(tmpdir(), "mapae-browser-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = spawn(program, [...flags, `--user-data-dir=${profile}`, url], { stdio: "ignore", detached: true });
  const ended = new Promise<void>((end) => {
    browser.once("exit", () => end());
    browser.once("error", () => end());
  });
  void ended.then(() => reject(new Error(`${program} exited before its page reported a result`)));
  const timer = setTimeout(() => reject(new Error(`The page reported no result within ${MAX_TIME} ms`)), MAX_TIME);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    // Also kills its child processes. The group of an exited process does not exist.
    if (browser.pid !== undefined && browser.exitCode === null) process.kill(-browser.pid, "SIGKILL");
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

const PAGE = `<!doctype html><title>A verifier</title><script type="module">
const report = (outcome) => fetch("/result", { method: "POST", body: JSON.stringify(outcome) });
try {
  const { default: run } = await import("/module.js");
  await report({ result: await run() });
} catch (error) {
  await report({ error: String(error.stack ?? error) });
}
</script>`;

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
