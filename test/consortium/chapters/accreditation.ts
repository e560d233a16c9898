import assert from "node:assert/strict";
import { addRoot, URI } from "../../../scripts/rehearsal/deploy.ts";
import type { Person } from "../../../scripts/rehearsal/founding.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { answerOf } from "../../cli/harness.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

const YEARS = ["--not-before", "2026-01-01", "--not-after", "2036-01-01"];

/** The accreditation and list that an agency needs before it may issue. */
export function accreditation(story: Story): void {
  const { nodes } = story;
  const expectAccredited = async (person: Person) => {
    for (const node of nodes) {
      const accreditations = await until(`the node of ${node.id} knows the grant`, async () => {
        const found = await story.accreditations(node, person);
        return found.length > 0 && found;
      });
      assert.deepEqual(
        accreditations.map(({ holds }) => holds),
        [true],
      );
    }
  };

  story.tell(
    "a type and a trust root wait for the council's members and the delay, and a ministry accepts the root",
    async () => {
      await addRoot(story, YEARS);
      await expectAccredited("ministry");
    },
  );

  story.tell(
    "the ministry accredits an agency, which publishes a key and a list, and revokes: every node serves the same bytes",
    async () => {
      const agency = story.did("agency");
      const [root] = await story.accreditations(story.node("interior"), "ministry");
      assert(root);
      const to = ["--to", agency, "--label", "발급기관", ...YEARS];
      const grant = await story.write<{ grantId: string }>(
        "ministry",
        "trust",
        "grant",
        "--parent",
        root.grantId,
        ...to,
      );
      await story.write("agency", "trust", "accept", grant.grantId, "--yes");
      const { jwk } = await answerOf<{ jwk: object }>(
        ["signer", "show", story.file("lists.jwe")],
        story.consortium.signing,
      );
      await story.write("agency", "did", "create", "--key", `assertion=${JSON.stringify(jwk)}`);
      const list = ["--number", "0", "--type", URI, "--base-uri", "https://lists.example"];
      await story.write("agency", "status", "create", agency, ...list);
      await story.change("revoke", "5,700");
      await story.untilRevoked(nodes, 5);
      await expectSameAnswers(story);
      await expectAccredited("agency");
      for (const node of nodes) assert.equal(await story.status(node, 8), "valid");
    },
  );
}
