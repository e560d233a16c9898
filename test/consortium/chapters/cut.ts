import assert from "node:assert/strict";
import { until } from "../../../scripts/rehearsal/until.ts";
import { cutOff, untilOneChain } from "../helpers/chain.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** A validator that is cut off from the others, and a reorganisation when it is connected again. */
export function cut(story: Story): void {
  story.tell(
    "a validator that is cut off mines a revocation, which its node serves; that node finds by its second server that the chain goes on elsewhere, and undoes it; so does the validator once it is connected, and the agency revokes again",
    async () => {
      const { members, people } = story.consortium;
      const [interior, safety] = [story.member("interior"), story.member("safety")];
      const [own, other] = [story.node("interior"), story.node("safety")];
      // While it runs, it leaves a validator that stands still for five seconds, and a busy machine needs longer for what follows.
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

      // With the nonce of the one that is undone: the chain takes one of them.
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
