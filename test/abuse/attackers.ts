/**
 * Program with the arguments `<kind> <sockets> <port> <path of a DID's document>`: hostile clients in their own process. It
 * prints `ready` when all have connected, and reconnects when the node closes a connection. It exits when its standard input
 * ends.
 */
import { connect, type Socket } from "node:net";
import { requestText } from "../node/http/raw.ts";

const [kind = "", count = "", port = "", path = ""] = process.argv.slice(2);

interface Attack {
  /** Local address, which differs by kind, so that the node counts each kind as another client. */
  readonly from: string;
  begin(socket: Socket, at: number): void;
  /** Sent every 5 s. */
  readonly drip?: string;
}

const slow =
  (begin: string): Attack["begin"] =>
  (socket) =>
    void socket.write(begin);
const ATTACKS: Readonly<Record<string, Attack>> = {
  "slow header": { from: "127.0.0.2", begin: slow("GET /health HTTP/1.1\r\nHost: a\r\nx: "), drip: "y" },
  "slow body": {
    from: "127.0.0.3",
    begin: slow(`${requestText(path, { method: "POST", headers: { "content-length": "8000" } })}{`),
    drip: " ",
  },
  "slow reader": {
    from: "127.0.0.4",
    begin(socket, at) {
      socket.pause();
      // One in ten requests more than the operating system buffers. If all did, the whole machine would run out of memory.
      const batches = at % 10 === 0 ? 8 : 1;
      let sent = 0;
      const more = setInterval(() => {
        if (sent++ >= batches || socket.destroyed) clearInterval(more);
        else socket.write(requestText("/docs").repeat(8));
      }, 500);
    },
  },
  pipeliner: { from: "127.0.0.5", begin: slow(requestText("/docs").repeat(100)) },
  historian: {
    from: "127.0.0.6",
    begin(socket) {
      const ask = () => socket.write(requestText(`${path}?versionId=1`));
      // Repeats the request 100 ms after each answer, even after a refusal, and ignores Retry-After.
      socket.on("data", (bytes) => bytes.includes("HTTP/1.1 ") && setTimeout(ask, 100));
      ask();
    },
  },
  idle: { from: "127.0.0.1", begin: () => undefined },
};

const { from, begin, drip } = ATTACKS[kind] ?? { from: "", begin: () => undefined };
if (from === "")
  throw new Error(`There is no attack ${JSON.stringify(kind)}, wanted one of ${Object.keys(ATTACKS).join(", ")}`);
let connected = 0;
const attack = (at: number) => {
  const socket = connect({ port: Number(port), host: "127.0.0.1", localAddress: from });
  let timer: NodeJS.Timeout | undefined;
  let isNew = true;
  socket.on("connect", () => {
    if (isNew) connected += 1;
    isNew = false;
    if (connected === Number(count)) console.log("ready");
    begin(socket, at);
    if (drip !== undefined) timer = setInterval(() => socket.write(drip), 5_000);
  });
  if (kind !== "slow reader") socket.resume();
  // The node is expected to refuse or close connections of attackers.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    clearInterval(timer);
    if (kind !== "idle") setTimeout(() => attack(at), 5_000 * Math.random() + 2_500);
  });
};
for (let at = 0; at < Number(count); at++) attack(at);
process.stdin.resume().on("end", () => process.exit(0));
