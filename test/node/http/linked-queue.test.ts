import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Link, LinkedQueue } from "../../../node/http/clients/linked-queue.ts";

const MEMBERS = 6;

test("a linked queue keeps the order of a set, whoever comes and goes, again or not", () => {
  const change = fc.record({ comes: fc.boolean(), who: fc.nat({ max: MEMBERS - 1 }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const links = Array.from({ length: MEMBERS }, (_, who) => new Link(who));
      const [queue, set] = [new LinkedQueue<number>(), new Set<number>()];
      for (const { comes, who } of changes) {
        const link = links[who] as Link<number>;
        if (comes) {
          queue.add(link);
          set.add(who);
        } else {
          queue.delete(link);
          set.delete(who);
        }
        const [first] = set;
        assert.equal(queue.first, first);
      }
      for (const who of [...set]) {
        assert.equal(queue.first, who);
        queue.delete(links[who] as Link<number>);
      }
      assert.equal(queue.first, undefined);
    }),
  );
});

test("who has left keeps nobody: neither the one before it nor the one behind", () => {
  const [a, b, c] = [new Link("a"), new Link("b"), new Link("c")];
  const queue = new LinkedQueue<string>();
  for (const link of [a, b, c]) queue.add(link);
  queue.delete(b);
  assert.deepEqual([b.before, b.after], [undefined, undefined]);
  assert.deepEqual([a.after, c.before], [c, a]);
});
