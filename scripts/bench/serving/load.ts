import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { quantile } from "../measuring/timing.ts";

/** What a server did under load; times are in microseconds. */
export interface Served {
  /** Time of the whole by the number of answers. */
  readonly each: number;
  /** 99 of 100 answers came within so long. */
  readonly p99: number;
}

/**
 * Asks a server over so many connections, on each for the next answer once one is there. As little as can be done for it: the
 * client runs beside the server, and what it takes is missing there.
 *
 * @param paths asked one after the other; all are answered with 200 and a length.
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

/** Yields once for each whole answer. */
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
