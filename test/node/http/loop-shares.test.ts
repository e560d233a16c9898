import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { Admission, type Handle } from "../../../node/http/clients/admission.ts";
import { clientsBehind } from "../../../node/http/clients/clients.ts";
import { LoopShares } from "../../../node/http/clients/loop-shares.ts";
import { CLIENT_LIMITS } from "../../../node/http/server/bounds.ts";
import { RawConnection, requestText } from "./raw.ts";

test("in a turn of the event loop a client begins few answers, and each that asks its own", async () => {
  const shares = new LoopShares(2);
  const begun: string[] = [];
  for (const client of ["a", "a", "a", "b", "a", "a", "c"]) shares.begin(client, () => begun.push(client));
  assert.equal(begun.join(""), "aabc");
  await nextTurn();
  assert.equal(begun.join(""), "aabcaa");
  shares.begin("a", () => begun.push("new"));
  await nextTurn();
  assert.equal(begun.join(" "), "a a b c a a a new");
});

test("whatever clients ask and when, each answer is begun once, those of a client in order, and few in a turn", async () => {
  const turns = fc.array(fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 30 }), { maxLength: 8 });
  const property = fc.asyncProperty(turns, fc.integer({ min: 1, max: 5 }), async (asked, limit) => {
    const shares = new LoopShares(limit);
    const begun = new Map<string, number[]>();
    let count = 0;
    let inTurn: string[] = [];
    const look = () => {
      for (const client of ["a", "b", "c"]) assert(inTurn.filter((one) => one === client).length <= limit);
      inTurn = [];
    };
    for (const clients of asked) {
      for (const client of clients) {
        const at = count++;
        shares.begin(client, () => {
          begun.set(client, [...(begun.get(client) ?? []), at]);
          inTurn.push(client);
        });
      }
      look();
      await nextTurn();
    }
    for (let turn = 0; turn <= count; turn++) {
      look();
      await nextTurn();
    }
    for (const ats of begun.values()) {
      assert.deepEqual(
        ats,
        ats.toSorted((a, b) => a - b),
      );
    }
    assert.equal([...begun.values()].flat().length, count);
  });
  await fc.assert(property);
});

/** A listener that counts what it begins in each turn of the event loop. */
async function listener(t: TestContext) {
  let turn = 0;
  const begun: number[] = [];
  let isOver = false;
  const count = () => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const handle: Handle = (_request, response) => {
    begun[turn] = (begun[turn] ?? 0) + 1;
    response.end("x");
  };
  const ignore = () => undefined;
  const clients = clientsBehind([]);
  const admission = new Admission({ limits: CLIENT_LIMITS, clients, handle, onAnswer: ignore, onRefused: ignore });
  const server = createServer((request, response) => admission.request(request, response));
  server.on("connection", (socket) => admission.connect(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    isOver = true;
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, most: () => Math.max(...begun.filter((one) => one > 0)) };
}

test("many requests of one client that come at once are begun over many turns of the event loop", async (t) => {
  const { port, most } = await listener(t);
  const all = await Promise.all(Array.from({ length: 100 }, () => RawConnection.open(port, "127.0.0.2")));
  // Each is taken before they ask at once.
  for (const one of all) {
    one.send(requestText("/"));
    await one.answer();
  }
  for (const one of all) one.send(requestText("/").repeat(CLIENT_LIMITS.pipelined));
  for (const one of all) {
    for (let answer = 0; answer < CLIENT_LIMITS.pipelined; answer++) assert.equal((await one.answer())?.body, "x");
    one.close();
  }
  // Ours are counted from the middle of a turn to that of the next.
  assert(most() <= 2 * CLIENT_LIMITS.clientTurn, `${most()} in one turn`);
});
