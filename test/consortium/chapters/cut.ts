import assert from "node:assert/strict";
import { until } from "../../../scripts/rehearsal/until.ts";
import { cutOff, untilOneChain } from "../helpers/chain.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** A validator is disconnected from the others, and the chain reorganises when it is connected again. */
export function cut(story: Story): void {
  story.tell(
    "a disconnected validator mines a revocation, which its node serves; that node learns from its second server that the chain continues without it, and undoes it; so does the validator once it is connected, and the agency revokes again",
    async () => {
      const { members, people } = story.consortium;
      const [interior, safety] = [story.member("interior"), story.member("safety")];
      const [own, other] = [story.node("interior"), story.node("safety")];
      // A running node changes to its second server when its validator has made no block for five seconds, and a busy machine
      // needs longer for the following steps.
      await own.kill();
      const { seal, join } = await cutOff(
        interior,
        members.filter((one) => one !== interior),
      );

      const mined = story.change("revoke", "21", "interior");
      const nonces = (block: string) => interior.validator.rpc("eth_getTransactionCount", people.agency.address, block);
      await until("the revocation waits", async () => (await nonces("pending")) !== (await nonces("latest")));
      seal();
      const [{ transaction: undone = "" } = {}] = (await mined).transactions;
      await own.start();
      await story.untilRevoked([own], 21);
      assert.equal(await story.status(other, 21), "valid");

      // The transaction has the nonce of the undone one, so the chain accepts only one of them.
      await story.change("revoke", "23", "safety");
      await story.untilRevoked([own], 23);
      assert.equal(await story.status(own, 21), "valid");

      join();
      await untilOneChain(members);
      for (const { validator } of [interior, safety])
        assert.equal(await validator.rpc("eth_getTransactionReceipt", undone), null);
      await expectSameAnswers(story);
      await story.change("revoke", "21,23");
      await story.untilRevoked(story.nodes, 21);
      await expectSameAnswers(story);
    },
  );
}
