import assert from "node:assert/strict";
import { test } from "node:test";
import { UnavailableError } from "../../../resolver/errors.ts";
import { DEMOTION_SECONDS, Preference } from "../../../resolver/http/preference.ts";

/** Servers that answer their own name, but those that are down; and which were asked, in order. */
function stage() {
  const clock = { now: 1_000 };
  const down = new Set<string>();
  const asked: string[] = [];
  const servers = new Preference(["a", "b", "c"], () => clock.now);
  const first = (mayTryNext = (error: unknown): boolean => error instanceof UnavailableError) =>
    servers.first(async (server) => {
      asked.push(server);
      if (down.has(server)) throw new UnavailableError(`${server} is down`);
      return server;
    }, mayTryNext);
  return { clock, down, asked, servers, first };
}

test("the preferred server is asked as long as it answers", async () => {
  const { asked, first } = stage();
  assert.deepEqual([await first(), await first()], ["a", "a"]);
  assert.deepEqual(asked, ["a", "a"]);
});

test("one that failed is asked after the others for a while, and first again then", async () => {
  const { clock, down, asked, servers, first } = stage();
  down.add("a");
  assert.equal(await first(), "b");
  down.clear();
  assert.equal(await first(), "b");
  assert.deepEqual(servers.inOrder(), ["b", "c", "a"]);
  clock.now += DEMOTION_SECONDS;
  assert.equal(await first(), "a");
  assert.deepEqual(asked, ["a", "b", "b", "a"]);
});

test("one that answers while it rests is preferred again at once", async () => {
  const { down, servers, first } = stage();
  for (const server of ["a", "b", "c"]) down.add(server);
  await assert.rejects(first());
  down.clear();
  assert.equal(await servers.ask("b", async (server) => server), "b");
  assert.deepEqual(servers.inOrder(), ["b", "a", "c"]);
});

test("when all fail each is asked once, and what the one asked first failed with is thrown", async () => {
  const { down, asked, first } = stage();
  for (const server of ["a", "b", "c"]) down.add(server);
  await assert.rejects(first(), /a is down/);
  assert.deepEqual(asked, ["a", "b", "c"]);
});

test("an error that no other server would mend is thrown at once", async () => {
  const { down, asked, first } = stage();
  down.add("a");
  await assert.rejects(
    first(() => false),
    /a is down/,
  );
  assert.deepEqual(asked, ["a"]);
});
