import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A proxy of a chain's RPC that counts calls. */
export interface CountingProxy {
  readonly url: string;
  /** Number of calls since the start, by method; each call of a batch counts. */
  readonly calls: ReadonlyMap<string, number>;
  /** Number of HTTP requests since the start; a batch counts once. */
  requests(): number;
  close(): Promise<void>;
}

/** Starts a proxy that forwards JSON-RPC requests to `target` and counts them. */
export async function countingProxy(target: string): Promise<CountingProxy> {
  const calls = new Map<string, number>();
  let requests = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    requests++;
    const asked = JSON.parse(body) as { method: string } | { method: string }[];
    for (const { method } of Array.isArray(asked) ? asked : [asked]) calls.set(method, (calls.get(method) ?? 0) + 1);
    const answer = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, requests: () => requests, close };
}
