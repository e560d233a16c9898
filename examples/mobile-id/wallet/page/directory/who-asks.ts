import {
  type AsOf,
  askNodes,
  type DidDocument,
  didDocument,
  gatherGrants,
  latestMoment,
  nodesSnapshot,
  parseDid,
  shownLabel,
  standingOf,
  UnavailableError,
} from "../../../../../resolver/index.ts";
import { keccak256Text } from "../../../../../resolver/primitives/keccak.ts";
import { storedFetch } from "../../../shared/stored-answers.ts";
import type { Network } from "../../../shared/take-evidence.ts";
import type { Directory } from "./directory.ts";

/** One link of an accreditation, with the office's official name; `null` where the name must not be shown. */
export interface Link {
  readonly did: string;
  readonly label: string | null;
}

/** What the phone knows of a DID, as of a block. */
export interface StoredFacts {
  readonly document: DidDocument | undefined;
  readonly asOf: AsOf;
  /** Its accreditation for a type up to the root; `undefined` when none holds. */
  accreditation(type: string): Promise<readonly Link[] | undefined>;
}

/**
 * Reads the stored facts about a DID, without requests.
 * @returns `undefined` when nothing is stored, which does not mean that the DID does not exist.
 */
export async function storedFacts(
  network: Network,
  { answers }: Directory,
  did: string,
): Promise<StoredFacts | undefined> {
  const now = Math.floor(Date.now() / 1_000);
  const ask = askNodes({ ...network, fetch: storedFetch(answers), now: () => now });
  const subject = parseDid(did);
  if (subject.network !== network.descriptor.name) return undefined;
  try {
    const snapshot = await nodesSnapshot(ask, network.descriptor, subject);
    const { state } = await snapshot.did(subject.address);
    const { asOf } = snapshot;
    const isLive = state !== undefined && state.deactivated === null;
    const moment = { did, chainId: network.descriptor.chainId, at: latestMoment({ asOf, now }) };
    return {
      asOf,
      document: isLive ? didDocument({ ...moment, state }).document : undefined,
      async accreditation(type) {
        const question = { issuer: subject.address, typeId: keccak256Text(type), at: now };
        const { grants, trust } = await gatherGrants(snapshot, question);
        const standing = grants.map(({ grantId }) => standingOf(trust, grantId, now)).find(({ holds }) => holds);
        return standing?.chain.map(({ subject: address, label }) => ({
          did: `did:mapae:${network.descriptor.name}:${address}`,
          label: shownLabel(label),
        }));
      },
    };
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}
