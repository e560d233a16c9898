import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The path below which it answers. */
const BELOW = "/mapae";

/** What a liar makes of an answer; `undefined` leaves it as it is. */
export type Alteration = (path: string, body: string, headers: Record<string, string>) => string | undefined;

/** A node below a path that tells what another one does, but for what it lies about. */
export interface Liar {
  readonly url: string;
  /** What the page calls it. */
  readonly name: string;
  /** What it lies about now; nothing unless set. */
  alter: Alteration;
  /** Whether it answers at all. */
  isUp: boolean;
}

/** Starts a liar on a port; it asks `node` for what it does not make up. */
export async function startLiar(
  { after }: { after(end: () => Promise<void>): void },
  node: string,
  port = 0,
): Promise<Liar> {
  const server = createServer(async (request, response) => {
    if (!liar.isUp) return void request.socket.destroy();
    if (!request.url?.startsWith(`${BELOW}/`)) return void response.writeHead(404).end();
    const path = request.url.slice(BELOW.length);
    // The node may be stopping: it asks this one, as its peer, until it has.
    const asked = await honestAnswer(node + path, request.headers.accept).catch(() => undefined);
    if (asked === undefined) return void request.socket.destroy();
    const { status, headers, body } = asked;
    const altered = liar.alter(path, body.toString(), headers);
    response.writeHead(status, headers).end(altered ?? body);
  });
  const liar: Liar = { url: "", name: "", alter: () => undefined, isUp: true };
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}${BELOW}`;
  Object.assign(liar, { url: `http://${name}`, name });
  after(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return liar;
}

/** What a node answers, with headers that fit another body too. */
async function honestAnswer(url: string, accept = "*/*") {
  const answer = await fetch(url, { headers: { accept } });
  const headers: Record<string, string> = { ...Object.fromEntries(answer.headers) };
  for (const name of ["content-length", "transfer-encoding", "connection", "content-encoding", "keep-alive"])
    delete headers[name];
  return { status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) };
}
