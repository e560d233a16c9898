import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** A server in front of another one, which keeps every byte that goes there and back. */
export interface Recorder {
  readonly url: string;
  /** The bytes that the server received, in order. */
  readonly received: () => Buffer;
  /** When connections sent something, in milliseconds. */
  readonly times: () => readonly number[];
  close(): Promise<void>;
}

/** Records what a server on this machine receives. @param target its URL, whose host and port alone are used. */
export async function record(target: string): Promise<Recorder> {
  const { hostname, port } = new URL(target);
  const chunks: Buffer[] = [];
  const times: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const behind = connect(Number(port), hostname);
    for (const socket of [client, behind]) {
      sockets.add(socket);
      // A peer that resets its connection is an end of it.
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      times.push(Date.now());
    });
    client.pipe(behind).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => Buffer.concat(chunks),
    times: () => times,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
