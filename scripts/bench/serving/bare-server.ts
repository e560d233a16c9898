import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { endWithParent } from "../../../cli/local/child.ts";
import { uncompress } from "../../../resolver/crypto/uncompress.ts";
import { pointsFrom } from "./points.ts";

// What the platform alone can do: node:http answering a constant of as many bytes as its first argument says, with the headers of
// its second one, a JSON list of names and values by turns. With a third one, "point", it finds the point of a compressed key of
// P-256 before each answer: a document that nobody asked for before can't be made without.
const [length, headers = "[]", what] = process.argv.slice(2);
const body = Buffer.alloc(Number(length), "a");
const head = [...(JSON.parse(headers) as string[]), "content-length", String(body.length)];
const keys = what === "point" ? pointsFrom(0, 1_000).map((key) => Buffer.from(key, "hex")) : [];
let at = 0;
const server = createServer((_request, response) => {
  const key = keys[at++ % keys.length];
  if (key !== undefined) uncompress("P-256", key);
  response.writeHead(200, head).end(body);
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
endWithParent(() => process.exit(0));
