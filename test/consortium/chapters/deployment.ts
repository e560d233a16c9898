import assert from "node:assert/strict";
import { NETWORK_GAS } from "../../../cli/deploy/budget.ts";
import { untilBlocks } from "../../../scripts/rehearsal/blocks.ts";
import { deployCommand, FINALITY, foundBodies, makeListSigner } from "../../../scripts/rehearsal/deploy.ts";
import { kitFile } from "../../../scripts/rehearsal/founding.ts";
import { untilState } from "../../../scripts/rehearsal/ministry-node.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { answerOf, errorOf, mapae } from "../../cli/harness.ts";
import { sealersOf, untilHealthy, untilOneChain } from "../helpers/chain.ts";
import { earlierVersion } from "../helpers/earlier-version.ts";
import type { Story } from "../helpers/story.ts";

/** A chain, two bodies, contracts and nodes, set up only by the kit's files and documented commands. */
export function deployment(story: Story): void {
  const earlier = earlierVersion(story.consortium.folder);
  // The nodes need the earlier version when they start, so a failure to prepare it is reported then.
  earlier.catch(() => {});

  const { consortium, nodes } = story;
  const { members, people, as } = consortium;
  const interior = story.member("interior");

  story.tell(
    "four members found a chain with the kits' files: its validators are those of the genesis block, and all seal blocks",
    async () => {
      // At block 1, geth's `clique_status` divides by zero and answers with an error.
      await untilBlocks(interior, 2);
      await untilOneChain(members);
      const signers = await sealersOf(interior);
      const { extraData } = await kitFile(interior, "genesis.json");
      assert.equal(extraData.slice(2 + 64, -130), signers.map((one) => one.slice(2)).join(""));
      assert.deepEqual(signers, members.map(({ validator }) => validator.account).sort());
      await until("every validator has sealed a block", async () => {
        const { sealerActivity } = await interior.validator.rpc<{ sealerActivity: Record<string, number> }>(
          "clique_status",
        );
        return signers.every((signer) => (sealerActivity[signer] ?? 0) > 0);
      });
      await untilHealthy(members);
    },
  );

  story.tell(
    "two bodies are founded, and the contracts are deployed within the documented gas; the descriptor describes the network",
    async () => {
      await foundBodies(story);
      const balance = async () =>
        BigInt(await interior.validator.rpc<string>("eth_getBalance", people.deployer.address, "latest"));
      const before = await balance();
      await story.write("deployer", ...deployCommand(story, "network.json"));
      // The gas price is 1 wei.
      const spent = before - (await balance());
      assert(spent > NETWORK_GAS / 4n && spent < NETWORK_GAS, `${spent} gas`);
      const { rehearsal, consensus, finality } = story.network;
      assert.deepEqual([rehearsal, consensus.kind, finality], [true, "attested", { kind: "depth", blocks: FINALITY }]);
      for (const member of members) {
        const roles = ["network", "roles", "--governance", story.file("council.json")];
        const { faults } = await answerOf<{ faults: unknown[] }>(roles, as(people.anybody, member));
        assert.deepEqual(faults, []);
      }
      const dear = [...deployCommand(story, "other.json"), "--json", "--gas-price", "100000000000000000"];
      const { message } = errorOf(await mapae(dear, as(people.payer, interior)));
      assert.match(message, /balance of \d+ wei.*nothing was sent/);
    },
  );

  story.tell(
    "three ministries' nodes, started with the kits' variables, one of them of an earlier version of Mapae, follow the chain and serve the network descriptor byte for byte",
    async () => {
      await makeListSigner(story);
      const root = await earlier;
      const tax = story.node("tax");
      await Promise.all(nodes.map((node) => node.start(node === tax ? root : undefined)));
      for (const node of nodes) await untilState(node, "following");
      const descriptors = await Promise.all(nodes.map((node) => node.get("/network")));
      assert.equal(new Set(descriptors.map(({ text }) => text)).size, 1);
    },
  );
}
