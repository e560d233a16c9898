import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

// What the platform alone can do: node:http answering a constant of as many bytes as its first argument says, with the headers of
// its second one, a JSON list of names and values by turns.
const body = Buffer.alloc(Number(process.argv[2]), "a");
const headers = JSON.parse(process.argv[3] ?? '["content-type","application/json"]') as string[];
const head = [...headers, "content-length", String(body.length)];
const server = createServer((_request, response) => {
  response.writeHead(200, head).end(body);
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once("disconnect", () => process.exit(0));
