import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TooManyRequestsError, Turns } from "../../../node/http/server/turns.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import { gate } from "./harness.ts";

const limits = { atOnce: 2, waiting: 5, waitingOfClient: 3 };

test("clients take turns: who asks once does not wait behind who asks often", async () => {
  const turns = new Turns({ limits: { ...limits, atOnce: 1 } });
  const order: string[] = [];
  const first = gate();
  const running = turns.take("a", () => first.opened);
  const rest = ["a1", "a2", "a3", "b1", "c1"].map((name) =>
    turns.take(name.slice(0, 1), async () => {
      order.push(name);
    }),
  );
  first.open();
  await Promise.all([running, ...rest]);
  assert.deepEqual(order, ["a1", "b1", "c1", "a2", "a3"]);
});

test("a full share and a full queue are refused, each by its name, and counted", async () => {
  let refused = 0;
  const turns = new Turns({ limits, onRefused: () => refused++ });
  const late = gate();
  const work = () => late.opened;
  const taken = ["a", "a", "a", "a", "a", undefined, "b"].map((client) => turns.take(client, work));
  await assert.rejects(turns.take("a", work), TooManyRequestsError);
  await assert.rejects(turns.take("c", work), UnavailableError);
  await assert.rejects(turns.take(undefined, work), UnavailableError);
  assert.equal(refused, 3);
  late.open();
  await Promise.all(taken);
  assert.equal(await turns.take("a", async () => 1), 1);
});

test("whatever is asked and however it ends, no more run than may, and each that was taken ends", async () => {
  const question = fc.record({ client: fc.constantFrom("a", "b", "c", undefined), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(question, { maxLength: 30 }), fc.scheduler(), async (questions, scheduler) => {
      const turns = new Turns({ limits });
      let [running, ran, refused] = [0, 0, 0];
      const all = questions.map(({ client, fails }) =>
        turns
          .take(client, async () => {
            running += 1;
            assert(running <= limits.atOnce);
            await scheduler.schedule(Promise.resolve());
            running -= 1;
            ran += 1;
            if (fails) throw new RangeError();
          })
          .catch((error: unknown) => {
            if (error instanceof RangeError) return;
            assert(error instanceof TooManyRequestsError || error instanceof UnavailableError);
            refused += 1;
          }),
      );
      await scheduler.waitFor(Promise.all(all));
      assert.equal(ran + refused, questions.length);
      assert(ran >= Math.min(questions.length, limits.atOnce));
    }),
    { seed: 22, numRuns: 100 },
  );
});
