import { mkdir, readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { openKey } from "../../../node/issuing/key-file.ts";
import { readConfig } from "../shared/config.ts";
import { bundled, type SiteFile, styles } from "../shared/site.ts";
import { GateCallError, gateApi } from "./api.ts";
import { GateCounts } from "./counts.ts";
import { GateFacts } from "./facts.ts";
import { POLICY_NAMES, type PolicyName, policyFor } from "./policies.ts";
import { type Asker, GateRequests } from "./requests.ts";

/** Longest call of the page: an answer of 64 frames as JSON. */
const MAX_BODY = 120_000;

const config = await readConfig();
const { descriptor, nodes, urls, verifiers } = config;
const site = new URL(urls.gate);
const folder = join(config.data, "gate");
await mkdir(folder, { recursive: true, mode: 0o700 });
const facts = new GateFacts(join(folder, "facts.json"));
const counts = new GateCounts(join(folder, "counts.json"));
await Promise.all([facts.load(), counts.load()]);

const password = (await readFile(config.password, "utf8")).trimEnd();
const askers = Object.fromEntries(
  await Promise.all(POLICY_NAMES.map(async (name) => [name, await askerOf(name)] as const)),
);
const now = () => Math.floor(Date.now() / 1_000);
const api = gateApi({
  network: { descriptor, nodes },
  issuers: [...new Set(Object.values(config.issuers).map(({ did }) => did))],
  askers: askers as Record<PolicyName, Asker>,
  requests: new GateRequests(now),
  facts,
  counts,
  now,
});
// A gate is set up where there is a network; later its facts are taken by hand, or come with the phones.
if (facts.current.at === 0)
  await api["/facts"]().catch((error: Error) => console.error(`No facts yet: ${error.message}`));

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
  const path = new URL(request.url ?? "/", site).pathname;
  const file = request.method === "GET" && Object.hasOwn(files, path) ? files[path] : undefined;
  if (file !== undefined) return response.writeHead(200, { ...headers, "content-type": file.type }).end(file.body);
  const call = Object.hasOwn(api, path) ? api[path as keyof typeof api] : undefined;
  // Another page of this machine must not use up codes, or open the door with somebody's answer.
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
process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
  process.disconnect?.();
});
server.listen(Number(site.port || 80), "127.0.0.1", () => process.send?.("ready"));

async function askerOf(name: PolicyName): Promise<Asker> {
  const verifier = verifiers[name];
  if (verifier === undefined) throw new Error(`The configuration has no verifier ${name}`);
  const signer = await openKey(await readFile(verifier.key, "utf8"), password);
  return { policy: policyFor(name), signer, purpose: verifier.purpose };
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
