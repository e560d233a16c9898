import assert from "node:assert/strict";
import { test } from "node:test";
import { NetworkMismatchError } from "../../../../resolver/errors.ts";
import { down, failingServers, foreign, up } from "./failing-servers.ts";

test("a server of another chain is left alone with its reason, and asked nothing, as long as another one may be right", async () => {
  const { reader, does, failures, asked } = failingServers(2);
  Object.assign(does, [foreign, up]);
  await reader.chainId();
  assert.deepEqual(asked(), ["verify 0", "verify 1", "ask 1"]);
  assert.deepEqual(failures, [{ url: 0, kind: "network", reason: "another chain", pause: 100 }]);
  does[1] = down;
  await assert.rejects(reader.chainId(), { code: "UNAVAILABLE", kind: "timeout" });
});

test("when the last server asked is of another chain, and one that failed before may be right, the failure is temporary", async () => {
  const { reader, does } = failingServers(2);
  Object.assign(does, [down, foreign]);
  await assert.rejects(reader.chainId(), { code: "UNAVAILABLE", message: /no answer in time/ });
});

test("a question throws NetworkMismatchError when all servers are of another chain", async () => {
  const { reader, does, asked } = failingServers(2);
  does.fill(foreign);
  await assert.rejects(reader.chainId(), NetworkMismatchError);
  assert.deepEqual(asked(), ["verify 0", "verify 1"]);
});

test("a server whose chain was swapped fails when it is verified again; the only server is of another chain", async () => {
  const { reader, does, asked } = failingServers(2);
  await reader.chainId();
  does[0] = foreign;
  await assert.rejects(reader.verify(), { code: "UNAVAILABLE", message: /another chain/ });
  asked();
  await reader.chainId();
  assert.deepEqual(asked(), ["verify 1", "ask 1"]);
  const alone = failingServers(1);
  await alone.reader.chainId();
  alone.does[0] = foreign;
  await assert.rejects(alone.reader.verify(), NetworkMismatchError);
});
