import {
  askNodes,
  entryHistories,
  gatherGrants,
  methodOf,
  type NetworkDescriptor,
  nodesSnapshot,
  parseDid,
  standingOf,
} from "../../../resolver/index.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";

/** The network, and the nodes that the issuer asks about itself. */
export interface StandingOptions {
  readonly descriptor: NetworkDescriptor;
  readonly nodes: readonly string[];
  readonly agreement: number;
}

/** An issuer can't issue now: its document lacks the key, or it is not accredited. */
export class StandingError extends Error {
  override readonly name = "StandingError";
  readonly code = "ISSUER_STANDING";
}

/**
 * When a key was published, and from when on its issuer may issue a type, in Unix seconds. No card may have an earlier date.
 *
 * @param keyId DID URL of the key.
 * @throws StandingError when the key is not in the document, or the issuer is not accredited now; UnavailableError.
 */
export async function readBeginnings(
  { descriptor, nodes, agreement }: StandingOptions,
  { keyId, type }: { readonly keyId: string; readonly type: string },
): Promise<readonly [published: number, accredited: number]> {
  const [did = "", fragment] = keyId.split("#");
  const now = () => Math.floor(Date.now() / 1_000);
  const issuer = parseDid(did);
  const snapshot = await nodesSnapshot(askNodes({ descriptor, nodes, agreement, now }), descriptor, issuer);
  const { events } = await snapshot.did(issuer.address);
  const history = entryHistories(events).find((entry) => methodOf(entry)?.fragment === fragment);
  const change = history?.changes.at(-1);
  if (history?.changes[0] === undefined || change === undefined || change.validTo < now()) {
    throw new StandingError(`${keyId} is no key of the issuer's document now`);
  }
  const question = { issuer: issuer.address, typeId: keccak256Text(type), at: now() };
  const { grants, trust } = await gatherGrants(snapshot, question);
  const holding = grants.map(({ grantId }) => standingOf(trust, grantId, question.at)).find(({ holds }) => holds);
  if (holding === undefined) throw new StandingError(`${did} is not accredited for ${type} now`);
  return [history.changes[0].time, Math.max(...holding.chain.map(({ notBefore }) => notBefore))];
}
