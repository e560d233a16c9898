import type { Credential } from "../../credential/read-credential.ts";
import { listNumberOf } from "../../credential/verify-credential.ts";
import { UnavailableError } from "../../errors.ts";
import { expectLinks, provenSnapshot } from "../../evidence/from-proof.ts";
import type { Snapshot } from "../../evidence/snapshot.ts";
import { keccak256Text } from "../../primitives/keccak.ts";
import { listIdOf } from "../../status/apply-status-event.ts";
import { type AskProvenOptions, askProven } from "./ask-proven.ts";

/**
 * The evidence for a credential's verdict, proven by a node: its issuer, its type, the grants of the type that the issuer
 * accepted with all grants above them, and the whole status list. It takes one request, from which the node learns issuer, type
 * and list, and nothing else of the credential.
 *
 * @throws ProofError, UnavailableError
 */
export async function provingNodesSnapshot(
  options: AskProvenOptions,
  credential: Pick<Credential, "issuer" | "type" | "status">,
): Promise<Snapshot> {
  const { did, address } = credential.issuer;
  const typeId = keccak256Text(credential.type);
  const number = listNumberOf(credential);
  const list = number === undefined ? "" : `&list=${number}`;
  const proven = await askProven(options, {
    about: did,
    path: `/proofs/accreditations/${did}?type=${typeId}${list}`,
    expect(state) {
      state.state("did", address);
      state.state("type", typeId);
      const accepted = state.acceptedGrants({ subject: address, typeId });
      if (accepted === undefined) throw new UnavailableError(`The proof does not say which grants ${did} accepted`);
      for (const id of accepted) expectLinks(state, id);
      if (number !== undefined) state.state("list", listIdOf(address, number));
    },
  });
  return { ...provenSnapshot(proven), nodes: [proven.node] };
}
