import assert from "node:assert/strict";
import { ChainSimulator, type SimulatedWrite } from "../../helpers/chain-simulator.ts";
import { issuerOf } from "../../helpers/issue.ts";
import { type AfterTest, serveChain } from "../../helpers/served-chain.ts";
import { DID, publish, URI } from "../../node/lists/served-node.ts";

export const TYPE = "https://types.example/0";
/** Places in the issuer's list. */
export const [GOOD, REVOKED, SUSPENDED] = [41, 7, 8];

/** An accredited issuer with a list, whose node is real and follows a simulated chain; its keys are two. */
export async function serveIssuer(t: AfterTest, nodes = 1) {
  const [issuer, other] = [issuerOf(DID), issuerOf(DID)];
  const writes: SimulatedWrite[][] = [
    [{ do: "type", type: 0 }],
    [
      { do: "grant", identity: 0, type: 0, parent: null },
      { do: "accept", identity: 0, type: 0, number: 0 },
      { do: "grant", identity: 1, type: 0, parent: 0 },
      { do: "accept", identity: 1, type: 0, number: 0 },
    ],
    [publish(issuer.signer), publish(other.signer), { do: "list", identity: 1, list: 0 }],
    [{ do: "status", identity: 1, list: 0, word: 0, bits: [REVOKED, SUSPENDED, 9] }],
  ];
  const chain = new ChainSimulator();
  for (const block of writes) chain.mine(block);
  const signers = [issuer.signer];
  const served = await Promise.all(Array.from({ length: nodes }, () => serveChain(t, chain, { signers })));
  const [first] = served;
  assert(first);
  const issuedAt = chain.tip.time;
  const wanted = { type: TYPE, issuedAt, listUri: URI, index: GOOD };
  return { ...first, served, issuer, other, wanted, urls: served.map(({ url }) => url) };
}
