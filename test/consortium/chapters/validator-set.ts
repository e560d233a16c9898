import assert from "node:assert/strict";
import { headOf, untilBlocks } from "../../../scripts/rehearsal/blocks.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { sealersOf, untilHealthy } from "../helpers/chain.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** The members vote a validator out, and in again. */
export function validatorSet(story: Story): void {
  story.tell(
    "members vote a validator out and in again: chain and nodes continue with three and with four validators",
    async () => {
      const { members } = story.consortium;
      const welfare = story.member("welfare");
      const [interior, ...rest] = members.filter((one) => one !== welfare);
      assert(interior);
      const vote = async (isIn: boolean) => {
        for (const { validator } of [interior, ...rest])
          await validator.rpc("clique_propose", welfare.validator.account, isIn);
        await until(
          "the vote counts",
          async () => (await sealersOf(interior)).includes(welfare.validator.account) === isIn,
        );
      };
      await vote(false);
      await untilBlocks(interior, 4);
      await story.change("revoke", "13");
      await expectSameAnswers(story);
      await vote(true);
      const from = await headOf(welfare);
      await until(`${welfare.id} seals again`, async () => {
        const { recents } = await interior.validator.rpc<Snapshot>("clique_getSnapshot", "latest");
        return Object.entries(recents).some(
          ([block, sealer]) => Number(block) > from && sealer === welfare.validator.account,
        );
      });
      await untilHealthy(members);
      await story.change("revoke", "19");
      await expectSameAnswers(story);
    },
  );
}

/** The part of geth's Clique snapshot with the signers of the newest blocks, by block number. */
interface Snapshot {
  readonly recents: Readonly<Record<string, string>>;
}
