import assert from "node:assert/strict";
import { headOf, untilBlocks } from "../../../scripts/rehearsal/blocks.ts";
import { answered, untilState } from "../../../scripts/rehearsal/ministry-node.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { cutLink, joinLink, peersOf, untilOneChain } from "../helpers/chain.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** Validators that fail without a shutdown, as in a power cut, and return. */
export function lostValidators(story: Story): void {
  const { consortium, nodes } = story;
  const { members, people } = consortium;
  const [interior, tax, welfare] = [story.member("interior"), story.member("tax"), story.member("welfare")];

  story.tell(
    "one validator of four fails: the chain and all nodes continue, the node of its ministry by its second server; the validator returns and catches up",
    async () => {
      await tax.validator.kill();
      // Each validator may seal at most one of three consecutive blocks, so all three others are needed.
      await untilBlocks(interior, 4);
      await story.change("revoke", "11");
      await expectSameAnswers(story);
      await tax.validator.start();
      await untilOneChain(members);
    },
  );

  story.tell(
    "two validators fail: no block is made, nodes report that the chain has stopped, and answer as long as their configuration says; transactions sent meanwhile are mined once the two have returned",
    async () => {
      const [one, two, three] = nodes;
      assert(one && two && three);
      await Promise.all([tax.validator.kill(), welfare.validator.kill()]);
      await untilState(one, "stale", 200);
      // This node is configured to refuse earlier than by default.
      await untilState(two, "stale", 503);
      // Neither this node's own server nor its second one answers.
      await untilState(three, "stale", 200);
      const known = `/1.0/identifiers/${story.did("agency")}`;
      const answers = await Promise.all([one, two, three].map((node) => node.get(known)));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 503, 200],
      );
      // An unknown DID may have been written since, so the node does not answer that it does not exist.
      const unknown = `/1.0/identifiers/${story.did("payer")}`;
      for (const node of nodes) assert.equal((await node.get(unknown)).status, 503);

      const stalled = await headOf(interior);
      const created = story.by("payer", ["did", "create", "--service", "LinkedDomains/web=https://payer.example"]);
      const nonces = (block: string) => interior.validator.rpc("eth_getTransactionCount", people.payer.address, block);
      await until("the write waits", async () => (await nonces("pending")) !== (await nonces("latest")));
      assert.equal(await headOf(interior), stalled);

      await Promise.all([tax.validator.start(), welfare.validator.start()]);
      await created;
      await untilOneChain(members);
      for (const node of nodes) await untilState(node, "following");
      await expectSameAnswers(story);
      for (const node of nodes) await answered(node, unknown);
    },
  );

  story.tell("the two returned validators lose only the connection to each other, and reconnect", async () => {
    const both = (wanted: number) => async () =>
      (await Promise.all([tax, welfare].map(peersOf))).every((peers) => peers === wanted);
    await until("all are connected", both(3));
    cutLink(tax, welfare);
    await until("their link is cut", both(2));
    joinLink(tax, welfare);
    await until("they are connected again", both(3));
  });
}
