import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { quantile } from "../measuring/timing.ts";

/** Measurements of a server under load, in microseconds. */
export interface Served {
  /** Total time divided by the number of answers. */
  readonly each: number;
  /** 99th percentile of the response times. */
  readonly p99: number;
}

/**
 * Requests paths from a server over several connections. Each connection sends its next request after it has received an
 * answer. The client writes HTTP on bare sockets, because it shares the machine with the server: the processor time of a full
 * HTTP client would be missing for the server.
 *
 * @param paths requested in this order.
 * @throws Error when an answer has another status than 200, or the server closes a connection. Every answer needs a
 * `content-length`.
 */
export async function load(url: string, paths: readonly string[], connections: number): Promise<Served> {
  const { hostname, port, host } = new URL(url);
  const times: number[] = [];
  let next = 0;
  const from = performance.now();
  const ask = async () => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, "connect");
    const answers = answersOf(socket);
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const sent = performance.now();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      await answers.next();
      times.push(performance.now() - sent);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: connections }, ask));
  const ms = performance.now() - from;
  return { each: (1_000 * ms) / paths.length, p99: 1_000 * quantile(times, 0.99) };
}

/** Yields once for each completely received answer. */
async function* answersOf(socket: Socket): AsyncGenerator<void, void, void> {
  let got = "";
  for await (const chunk of socket) {
    got += (chunk as Buffer).toString("latin1");
    for (;;) {
      const head = got.indexOf("\r\n\r\n");
      if (head < 0) break;
      if (!got.startsWith("HTTP/1.1 200 ")) throw new Error(`The server answered ${got.slice(0, 300)}`);
      const length = Number(/content-length: (\d+)/i.exec(got.slice(0, head))?.[1]);
      if (got.length < head + 4 + length) break;
      got = got.slice(head + 4 + length);
      yield;
    }
  }
  throw new Error("The server closed a connection");
}
