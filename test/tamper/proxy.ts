import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Random } from "../helpers/random.ts";
import { type Hoard, tamper } from "./tamper.ts";

/**
 * Starts a proxy of a node that alters answers at random.
 * @param hoard returns further envelopes for a requested path.
 */
export async function tamperingProxy(node: string, hoard: (path: string) => Hoard, random: Random) {
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    const answer = await fetch(`${node}${path}`, { headers: { accept: "application/json" } });
    const body = await answer.text();
    for (const name of ["content-type", "mapae-as-of"]) response.setHeader(name, answer.headers.get(name) ?? "");
    response.statusCode = random.next() < 0.02 ? random.pick([404, 410, 500, 503]) : answer.status;
    response.end(tamper(body, hoard(path), random));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
