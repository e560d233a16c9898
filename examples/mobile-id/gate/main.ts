import { mkdir, readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { levelStore } from "../../../gate/index.ts";
import { openKey } from "../../../node/issuing/key-file.ts";
import { ExampleConfigError, readConfig } from "../shared/config.ts";
import { pathOf } from "../shared/http.ts";
import { bundled, type SiteFile, styles } from "../shared/site.ts";
import { GateCallError, gateApi } from "./api.ts";
import { GateCounts } from "./counts.ts";
import { openPlace, type Place } from "./place.ts";
import { POLICY_NAMES, type PolicyName, policyFor } from "./policies.ts";
import { GateRequests } from "./requests.ts";

/** Longest call of the page: an answer of 64 frames as JSON. */
const MAX_BODY = 120_000;

const config = await readConfig();
const { descriptor, nodes, urls, verifiers } = config;
const site = new URL(urls.gate);
const folder = join(config.data, "gate");
await mkdir(join(folder, descriptor.genesisHash), { recursive: true, mode: 0o700 });
const counts = new GateCounts(join(folder, "counts.json"));
await counts.load();

const now = () => Math.floor(Date.now() / 1_000);
const password = (await readFile(config.password, "utf8")).trimEnd();
const opened = await Promise.all(POLICY_NAMES.map(async (name) => [name, await placeOf(name)] as const));
const places = Object.fromEntries(opened) as Record<PolicyName, Place>;
const api = gateApi({ nodes, places, requests: new GateRequests(now), counts });
// A gate fetches a bundle at its start if there is a network; otherwise it decides by the last one.
await api["/facts"]().catch((error: Error) => console.error(`No new facts: ${error.message}`));

const page = join(import.meta.dirname, "page");
const files: Readonly<Record<string, SiteFile>> = {
  "/": { type: "text/html; charset=utf-8", body: await readFile(join(page, "index.html")) },
  "/gate.js": { type: "text/javascript", body: await bundled(join(page, "main.ts")) },
  "/gate.css": { type: "text/css; charset=utf-8", body: await styles(join(page, "gate.css")) },
};
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "permissions-policy": "camera=(self), microphone=(), geolocation=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

const server = createServer((request, response) => {
  const path = pathOf(request.url) ?? "";
  const file = request.method === "GET" && Object.hasOwn(files, path) ? files[path] : undefined;
  if (file !== undefined) return response.writeHead(200, { ...headers, "content-type": file.type }).end(file.body);
  const call = Object.hasOwn(api, path) ? api[path as keyof typeof api] : undefined;
  // Other pages on this machine must not use up codes, or open the door with an answer of somebody else.
  if (request.method !== "POST" || call === undefined || request.headers.origin !== site.origin) {
    return response.writeHead(404, headers).end();
  }
  const answer = (status: number, body: object) =>
    response.writeHead(status, { ...headers, "content-type": "application/json" }).end(JSON.stringify(body));
  return bodyOf(request)
    .then(call as (body: unknown) => Promise<object>)
    .then(
      (body) => answer(200, body),
      (error: Error & { code?: string }) =>
        answer(error instanceof GateCallError ? 400 : 503, {
          code: error.code ?? "GATE_FAULT",
          message: error.message,
        }),
    );
});
process.once("SIGTERM", async () => {
  server.closeAllConnections();
  server.close();
  await Promise.all(Object.values(places).map(({ gate }) => gate.close()));
  process.disconnect?.();
});
server.listen(Number(site.port || 80), "127.0.0.1", () => process.send?.("ready"));

async function placeOf(name: PolicyName): Promise<Place> {
  const verifier = verifiers[name];
  if (verifier === undefined) throw new ExampleConfigError(`The configuration has no verifier ${name}`);
  const signer = await openKey(await readFile(verifier.key, "utf8"), password);
  const asker = { policy: policyFor(name), signer, purpose: verifier.purpose };
  // Each network has its own store, because the bundles of one prove nothing about another.
  const store = await levelStore(join(folder, descriptor.genesisHash, name), descriptor);
  return openPlace(asker, { network: descriptor, store, now });
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MAX_BODY) throw new GateCallError(`Got a call of more than ${MAX_BODY} bytes`);
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || "{}");
  } catch (cause) {
    throw new GateCallError("Got a call that is no JSON", { cause });
  }
}
