import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { headOf } from "../../../scripts/rehearsal/blocks.ts";
import type { AtEnd } from "../../../scripts/rehearsal/ends.ts";
import { knownMembers, type Member, makeKit, makeOperator, memberOf } from "../../../scripts/rehearsal/founding.ts";
import { freePorts } from "../../../scripts/rehearsal/free-ports.ts";
import { joiningNode, untilState } from "../../../scripts/rehearsal/ministry-node.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { sealersOf, untilHealthy, untilOneChain } from "../helpers/chain.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** Maximum number of blocks of one `eth_getLogs` at the new member's server. */
const RANGE = 5_000;

/** A new member joins, and a member replaces its validator's key. */
export function joining(story: Story, atEnd: AtEnd): void {
  const { consortium } = story;
  const { folder, file, signing } = consortium;
  const welfare = story.member("welfare");

  story.tell(
    "a fifth ministry joins while another one's validator has lost its key: all make new kits with the same genesis block, restart one after the other, and vote both new validators in and the lost one out",
    async () => {
      const genesis = await readFile(story.file("interior/genesis.json"), "utf8");
      const lost = welfare.validator.account;
      await welfare.validator.kill();
      await rm(story.file("welfare/validator.key"));
      const [port] = await freePorts(1);
      const fifth = { id: "culture", name: "Ministry of culture", host: "127.0.0.6", port: Number(port) };
      const named = JSON.parse(await readFile(file, "utf8"));
      named.genesisValidators = await sealersOf(story.member("interior"));
      named.members.push({ ...fifth, url: "https://node.culture.example" });
      await writeFile(file, JSON.stringify(named));

      await makeOperator(folder, fifth.id, fifth.name, signing);
      for (const id of [fifth.id, welfare.id]) await makeKit(file, folder, id, []);
      const ids: string[] = named.members.map(({ id }: { id: string }) => id);
      for (const id of ids) {
        const others = ids.filter((other) => other !== id);
        await makeKit(file, folder, id, others);
        assert.equal(await readFile(story.file(`${id}/genesis.json`), "utf8"), genesis);
      }
      const known = await knownMembers(file, folder);
      const others = consortium.members.filter((one) => one !== welfare);
      const halfOf = ({ id }: Pick<Member, "id">) => known.find((one) => one.id === id) ?? assert.fail(id);
      for (const { validator, id } of others) {
        await validator.kill();
        await validator.place(halfOf({ id }));
        await validator.start();
        await untilOneChain(others);
      }
      const culture = await memberOf(halfOf(fifth), folder, RANGE, atEnd);
      await welfare.validator.place(halfOf(welfare));
      await Promise.all([culture, welfare].map(({ validator }) => validator.start()));
      consortium.members.push(culture);
      await untilOneChain(consortium.members);

      const vote = (by: readonly Member[], account: string, isIn: boolean) =>
        Promise.all(by.map(({ validator }) => validator.rpc("clique_propose", account, isIn)));
      const added = [culture.validator.account, welfare.validator.account];
      for (const account of added) await vote(others, account, true);
      const [interior] = others;
      assert(interior);
      await until("both new validators count", async () => {
        const sealers = await sealersOf(interior);
        return added.every((account) => sealers.includes(account));
      });
      await vote(consortium.members, lost, false);
      await until("the lost validator does not count any more", async () => {
        return !(await sealersOf(interior)).includes(lost);
      });
      const from = await headOf(interior);
      await until("both seal", async () => {
        const { recents } = await interior.validator.rpc<Snapshot>("clique_getSnapshot", "latest");
        const sealed = Object.entries(recents).filter(([block]) => Number(block) > from);
        return added.every((account) => sealed.some(([, sealer]) => sealer === account));
      });
      await untilHealthy(consortium.members);
    },
  );

  story.tell("the fifth ministry's node reads the chain and serves the same answers as the others", async () => {
    const node = await joiningNode(consortium, story.member("culture"), story.nodes);
    atEnd(node.kill);
    await node.start();
    await untilState(node, "following");
    story.nodes.push(node);
    await story.change("revoke", "29", "culture");
    await story.untilRevoked([node], 29);
    await expectSameAnswers(story);
  });
}

/** The part of geth's Clique snapshot with the signers of the newest blocks, by block number. */
interface Snapshot {
  readonly recents: Readonly<Record<string, string>>;
}
