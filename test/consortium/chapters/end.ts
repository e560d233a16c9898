import assert from "node:assert/strict";
import type { NodeReport } from "../../../node/runtime/status.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { expectSameAnswers, expectSameDigests } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** Peculiarities of Besu's servers that nodes and commands must have met during the story. */
const DIALECT = ["null latest", "range", "lies"];

/** An accreditation is withdrawn, and the final states of all nodes are compared. */
export function end(story: Story): void {
  const { nodes, consortium } = story;

  story.tell(
    "after the council withdrew an accreditation, neither it nor the grants below it are valid at any node",
    async () => {
      const [root] = await story.accreditations(story.node("interior"), "ministry");
      await story.decide("trust", "withdraw", root?.grantId ?? assert.fail(), "--as-council");
      await expectSameAnswers(story);
      for (const node of nodes)
        for (const person of ["ministry", "agency"] as const)
          for (const { holds } of await story.accreditations(node, person)) assert.equal(holds, false);
    },
  );

  story.tell(
    "all nodes had the same roots at each final block, have the same content, and their comparisons with each other agree",
    async () => {
      await expectSameDigests(story);
      for (const node of nodes) {
        const { peers } = await until(`the node of ${node.id} has compared itself with all others`, async () => {
          const { body } = await node.get<NodeReport>("/status");
          return body.peers.every(({ comparedAt, trouble }) => comparedAt !== null && trouble === null) && body;
        });
        assert(peers.length >= 2);
        for (const { difference } of peers) assert.equal(difference, null);
      }
    },
  );

  story.tell("every peculiarity of Besu's dialect occurred", async () => {
    // The DID's history now spans more blocks than this server's range allows.
    const { did } = await story.by<{ did: string }>("anybody", ["did", "show", story.did("agency")], "welfare");
    assert.equal(did, story.did("agency"));
    const met = new Set(consortium.members.flatMap(({ server }) => Object.keys(server.shown)));
    for (const name of DIALECT) assert(met.has(name), `${name}: ${[...met]}`);
  });
}
