import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

// What the platform alone can do: node:http answering a constant of as many bytes as its first argument says.
const body = Buffer.alloc(Number(process.argv[2]), "a");
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once("disconnect", () => process.exit(0));
