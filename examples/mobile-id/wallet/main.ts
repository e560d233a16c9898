import { createServer } from "node:http";
import { readConfig } from "../shared/config.ts";
import { pathOf } from "../shared/http.ts";
import { buildWallet } from "./build.ts";

/**
 * Serves only the wallet's files: no request has anything about a card. The Content-Security-Policy allows no script, style or
 * font of another origin.
 */
const { descriptor, nodes, agreement, verifiers, issuers, urls } = await readConfig();
const site = new URL(urls.wallet);
const files = await buildWallet({
  descriptor,
  nodes,
  agreement,
  verifiers: [...new Set(Object.values(verifiers).map(({ did }) => did))],
  issuers: [...new Set(Object.values(issuers).map(({ did }) => did))],
  issuerSites: [urls.issuer],
});

/** Paths of links to the wallet; a browser without an installed wallet gets its start page there. */
const PAGES = ["/", "/offer", "/authorize"];

// Issuers and verifiers may have any origin; on a local machine they use http.
const anywhere = site.protocol === "http:" ? "https: http://localhost:* http://127.0.0.1:*" : "https:";
const headers = {
  "content-security-policy": `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; manifest-src 'self'; worker-src 'self'; connect-src 'self' ${anywhere}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "permissions-policy": "camera=(self), microphone=(), geolocation=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
};

/**
 * Browsers look for a new service worker each time somebody opens the wallet, by which the site would learn when cards are used.
 * They do it at most once a day where they may take it from their cache, as the page allows at its registration.
 */
const CACHED: Readonly<Record<string, string>> = { "/service-worker.js": "max-age=86400" };

const server = createServer((request, response) => {
  const pathname = pathOf(request.url) ?? "";
  const file = files.get(PAGES.includes(pathname) ? "/" : pathname);
  if (file === undefined || (request.method !== "GET" && request.method !== "HEAD")) {
    response.writeHead(file === undefined ? 404 : 405, headers).end();
    return;
  }
  const caching = CACHED[pathname] ?? headers["cache-control"];
  response.writeHead(200, { ...headers, "cache-control": caching, "content-type": file.type });
  response.end(request.method === "HEAD" ? undefined : file.body);
});
process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
  process.disconnect?.();
});
server.listen(Number(site.port || 80), () => process.send?.("ready"));
