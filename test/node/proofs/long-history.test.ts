import assert from "node:assert/strict";
import { test } from "node:test";
import type { IndexSnapshot } from "../../../node/index/live-index.ts";
import { MAX_PROOF_BYTES } from "../../../node/proofs/proofs.ts";
import { readEnvelopeSubject } from "../../../node/proofs/read-subject.ts";
import { MAX_VALUE_BYTES } from "../../../resolver/did/decode-log.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import { name32 } from "../../helpers/keys.ts";
import { MemoryIndex } from "../../helpers/memory-index.ts";
import { ALICE, FOREVER, NETWORK, START } from "../http/harness.ts";
import { Writer } from "../http/writer.ts";

test("the history of a DID is not read further than an answer may be long", async () => {
  const index = new MemoryIndex(NETWORK.chainId);
  const value = `0x${"1".repeat(2 * MAX_VALUE_BYTES)}` as const;
  new Writer(index).block(START, { identity: ALICE, type: "attribute", name: name32("x"), value, validTo: FOREVER });
  const held = index.hold() ?? assert.fail();
  let read = 0;
  const endless: Pick<IndexSnapshot, "history"> = {
    async *history(range) {
      for await (const page of held.history(range)) {
        for (;;) {
          read += page.length;
          yield page;
        }
      }
    },
  };
  const subject = { kind: "did", id: ALICE } as const;
  const asked = { network: NETWORK, block: 1, maxBytes: MAX_PROOF_BYTES };
  await assert.rejects(readEnvelopeSubject(endless, subject, asked), UnavailableError);
  assert(2 * MAX_VALUE_BYTES * (read - 1) <= MAX_PROOF_BYTES, `${read} events were read`);
});
