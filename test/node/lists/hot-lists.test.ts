import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";
import { statusAt } from "../../../resolver/status/status-list.ts";
import { PATH, publish, signer, startServedNode, status } from "./served-node.ts";

test("a list that is given again is the same until a status changes, and says how old it is each second", async (t) => {
  const { mine, get, state, expected } = await startServedNode(t);
  const [first, again] = [await get(), await get()];
  const text = await first.text();
  assert.equal(await again.text(), text);
  assert.deepEqual([...again.headers].sort(), [...first.headers].sort());
  state.now += 10;
  const older = await get();
  assert.deepEqual([older.headers.get("cache-control"), await older.text()], ["public, max-age=290", text]);
  await mine(status(0, [7, 9, 200]));
  const { list } = await verifyStatusJwt(await (await get()).text(), expected());
  assert.deepEqual([statusAt(list, 7), statusAt(list, 8)], [1, 0]);
});

test("a list that was given is not given again once its signer's key is revoked", async (t) => {
  const { mine, get } = await startServedNode(t);
  for (let round = 0; round < 2; round++) assert.equal((await get()).status, 200);
  await mine(publish(signer, 0));
  for (let round = 0; round < 2; round++) assert.equal((await get()).status, 503);
  await mine(publish(signer));
  assert.equal((await get()).status, 200);
});

test("each form, HEAD and a condition have their own answer, whatever was asked for before", async (t) => {
  const { get, url } = await startServedNode(t);
  for (let round = 0; round < 2; round++) {
    const token = await get();
    const etag = token.headers.get("etag") ?? "";
    const cwt = await get(PATH, { accept: "application/statuslist+cwt" });
    assert.equal(cwt.headers.get("content-type"), "application/statuslist+cwt");
    assert.notEqual(cwt.headers.get("etag"), etag);
    const same = await get(PATH, { "if-none-match": etag });
    assert.deepEqual([same.status, await same.text()], [304, ""]);
    const head = await fetch(`${url}${PATH}`, { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
    assert.equal(head.headers.get("content-length"), String(Buffer.byteLength(await token.text())));
  }
});
