/**
 * Program with the arguments `LENGTH HEADERS [point]`: a `node:http` server that answers every request with the same body of
 * `LENGTH` bytes and the given headers, a JSON array of alternating names and values. It shows the least that an answer costs
 * on this platform. With `point` it also decompresses a P-256 key before each answer, which building an uncached document
 * requires. It sends its port.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { endWithParent } from "../../../cli/local/child.ts";
import { uncompress } from "../../../resolver/crypto/uncompress.ts";
import { pointsFrom } from "./points.ts";

const [length, headers = "[]", option] = process.argv.slice(2);
const body = Buffer.alloc(Number(length), "a");
const head = [...(JSON.parse(headers) as string[]), "content-length", String(body.length)];
const keys = option === "point" ? pointsFrom(0, 1_000).map((key) => Buffer.from(key, "hex")) : [];
let at = 0;
const server = createServer((_request, response) => {
  const key = keys[at++ % keys.length];
  if (key !== undefined) uncompress("P-256", key);
  response.writeHead(200, head).end(body);
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
endWithParent(() => process.exit(0));
