/**
 * Program with the arguments `FOLDER COUNT BYTES`: a naive server with express and LevelDB defaults. It stores a JSON
 * document of `BYTES` bytes for each DID, and answers with an awaited get. It sends its port.
 */
import type { AddressInfo } from "node:net";
import express from "express";
import { Level } from "level";
import { endWithParent } from "../../../cli/local/child.ts";
import { uncompress } from "../../../resolver/crypto/uncompress.ts";
import { pointsFrom } from "../serving/points.ts";
import { didAt } from "./chain.ts";

const AT_ONCE = 10_000;

const [folder = "", count, bytes] = process.argv.slice(2);
const database = new Level<string, string>(folder);
for (let first = 0; first < Number(count); first += AT_ONCE) {
  const dids = Array.from({ length: Math.min(AT_ONCE, Number(count) - first) }, (_, at) => didAt(first + at));
  await database.batch(dids.map((did) => ({ type: "put", key: did, value: documentOf(did) })));
}
// Building a document includes decompressing the point of its key, which is most of the work, so this server does it, too.
const keys = pointsFrom(0, 1_000).map((key) => Buffer.from(key, "hex"));
let asked = 0;
const app = express();
app.get("/1.0/identifiers/:did", async (request, response) => {
  const document = await database.get(request.params.did);
  uncompress("P-256", keys[asked++ % keys.length] as Buffer);
  if (document === undefined) response.sendStatus(404);
  else response.type("application/did-resolution").send(document);
});
const server = app.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
endWithParent(() => process.exit(0));

function documentOf(id: string): string {
  const empty = JSON.stringify({ id, rest: "" });
  return JSON.stringify({ id, rest: "a".repeat(Number(bytes) - empty.length) });
}
