import assert from "node:assert/strict";
import { headOf, untilBlocks } from "../../../scripts/rehearsal/blocks.ts";
import { answered, untilState } from "../../../scripts/rehearsal/ministry-node.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { cutLink, joinLink, peersOf, untilOneChain } from "../helpers/chain.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** Validators that end at once, as by a power cut, and come back. */
export function lostValidators(story: Story): void {
  const { consortium, nodes } = story;
  const { members, people } = consortium;
  const [interior, tax, welfare] = [story.member("interior"), story.member("tax"), story.member("welfare")];

  story.tell(
    "one validator of four dies: the chain and all nodes go on, that of its ministry by its second server; it comes back and is in step",
    async () => {
      await tax.validator.kill();
      // Each seals at most one block of three: it takes all that are left.
      await untilBlocks(interior, 4);
      await story.change("revoke", "11");
      await expectSameAnswers(story);
      await tax.validator.start();
      await untilOneChain(members);
    },
  );

  story.tell(
    "two die: no block is made, nodes say that the chain stands still, and answer as long as they are configured to; what was sent meanwhile is mined once the two are back",
    async () => {
      const [one, two, three] = nodes;
      assert(one && two && three);
      await Promise.all([tax.validator.kill(), welfare.validator.kill()]);
      await untilState(one, "stale", 200);
      // It refuses earlier than it would by default.
      await untilState(two, "stale", 503);
      // Neither its own server nor its second one is there.
      await untilState(three, "stale", 200);
      const known = `/1.0/identifiers/${story.did("agency")}`;
      const answers = await Promise.all([one, two, three].map((node) => node.get(known)));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 503, 200],
      );
      // What a node does not know may have been written since.
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

  story.tell("two that came back lose their link to each other only, and find each other again", async () => {
    const both = (wanted: number) => async () =>
      (await Promise.all([tax, welfare].map(peersOf))).every((peers) => peers === wanted);
    await until("all are connected", both(3));
    cutLink(tax, welfare);
    await until("their link is cut", both(2));
    joinLink(tax, welfare);
    await until("they are connected again", both(3));
  });
}
