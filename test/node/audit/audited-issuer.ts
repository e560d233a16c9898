import assert from "node:assert/strict";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import type { Hex } from "../../../resolver/primitives/hex.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import type { SubjectKind } from "../../../resolver/registry-event.ts";
import type { Block, SimulatedWrite } from "../../helpers/chain-simulator.ts";
import { REGISTRIES } from "../../helpers/simulated-events.ts";
import { DID, ISSUER, publish } from "../lists/served-node.ts";
import type { startAuditedNode } from "./audited-node.ts";

export const LIST = `${ISSUER}/0`;
export const TYPE = keccak256Text("https://types.example/0");
export const signer = signerOf(newKey(DID, "ES256"));
export const KEY = signer.keyId.split("#")[1];

/** The issuer is accredited below a root, has a list, and publishes the key with which it signs. */
export const FIRST: readonly SimulatedWrite[] = [
  { do: "type", type: 0 },
  { do: "grant", identity: 0, type: 0, parent: null },
  { do: "accept", identity: 0, type: 0, number: 0 },
  { do: "grant", identity: 1, type: 0, parent: 0 },
  { do: "accept", identity: 1, type: 0, number: 0 },
  { do: "list", identity: 1, list: 0 },
  publish(signer),
];

interface Heads {
  readonly heads: readonly { registry: Hex; subject: Hex; head: Hex; block: number }[];
}

/** Fails unless each head of an answer is what the registry's storage held at a block, and at that of its own event. */
export function expectHeads(node: Awaited<ReturnType<typeof startAuditedNode>>, at: Block, { heads }: Heads): void {
  assert(heads.length > 0, "the answer has no heads");
  for (const { registry, subject, head, block } of heads) {
    const kinds: SubjectKind[] =
      registry === REGISTRIES.did ? ["did"] : registry === REGISTRIES.trust ? ["grant", "type"] : ["list"];
    const id: Hex = registry === REGISTRIES.did ? `0x${subject.slice(26)}` : subject;
    for (const one of [at, node.chain.branch[block] as Block]) {
      const held = kinds.map((kind) => node.chain.headOf({ kind, id }, one));
      assert(held.includes(head), `${id} at ${one.number}`);
    }
  }
}
