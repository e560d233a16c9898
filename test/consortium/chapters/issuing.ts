import assert from "node:assert/strict";
import { answered, untilState } from "../../../scripts/rehearsal/ministry-node.ts";
import { answerOf } from "../../cli/harness.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** An agency's daily work. */
export function issuing(story: Story): void {
  const { nodes } = story;

  story.tell(
    "a change that the agency signed, and that another account sent and paid for, is the agency's, also for auditors",
    async () => {
      await story.sign("revoke", "9", story.file("requests"));
      await story.write("payer", "relay", story.file("requests"));
      await expectSameAnswers(story);
      for (const node of nodes) {
        const path = `/audit/status/${story.address("agency")}/0/9`;
        const { status, madeSo } = await answered<{ status: string; madeSo: { actor: string } }>(node, path);
        assert.deepEqual([status, madeSo.actor], ["revoked", story.address("agency")]);
      }
    },
  );

  story.tell("after a key rotation, every node serves the new key beside the old one", async () => {
    const { signing } = story.consortium;
    const agency = story.did("agency");
    const old = await answerOf<Key>(["signer", "show", story.file("lists.jwe")], signing);
    const { jwk, keyId } = await answerOf<Key>(["signer", "new", story.file("next.jwe"), "--issuer", agency], signing);
    await story.write("agency", "did", "add-key", agency, "--purpose", "assertion", "--jwk", JSON.stringify(jwk));
    await expectSameAnswers(story);
    for (const node of nodes) {
      const { didDocument } = await answered<Resolved>(node, `/1.0/identifiers/${agency}`);
      const { assertionMethod } = didDocument;
      for (const key of [old.keyId, keyId]) assert(assertionMethod.includes(key), `${key}: ${assertionMethod}`);
    }
  });

  story.tell(
    "the ministry with the earlier version of Mapae updates it, and its node continues with its index",
    async () => {
      const tax = story.node("tax");
      await tax.kill();
      await tax.start();
      await untilState(tax, "following");
      await expectSameAnswers(story);
    },
  );
}

interface Key {
  readonly jwk: object;
  readonly keyId: string;
}

interface Resolved {
  readonly didDocument: { readonly assertionMethod: readonly string[] };
}
