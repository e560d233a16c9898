import { UnavailableError } from "../../resolver/errors.ts";
import type { IssuerOnNode } from "../../resolver/evidence/from-nodes.ts";
import type { Address } from "../../resolver/primitives/hex.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { EventBlock } from "../index/live-index.ts";
import type { IssuerLists } from "./issuer-lists.ts";
import { readAccreditations, type TrustSource } from "./read-accreditations.ts";

/** Maximum number of events of a DID in one answer, about 5 MB. A DID with more has to be read from the chain. */
export const MAX_HISTORY_EVENTS = 5_000;

/** What a verifier needs of an issuer, as of the served block. */
export interface IssuerAnswer {
  readonly newest: AsOf;
  readonly lastChange: EventBlock | undefined;
  readonly issuer: IssuerOnNode;
}

/**
 * Reads what a verifier needs of an issuer, from one version of the index: every event of its DID, because expired and
 * revoked keys have to be judged, too; the grants that it accepted, with all links above; and its lists.
 *
 * @throws UnavailableError for a DID with more than {@link MAX_HISTORY_EVENTS}, or more grants than are read; StoreError.
 */
export async function readIssuer(
  source: TrustSource & { readonly lists: IssuerLists },
  subject: Address,
): Promise<IssuerAnswer> {
  const { index, lists, accepted } = source;
  await Promise.all([accepted.load(), lists.load()]);
  for (;;) {
    const before = index.asOf()?.hash;
    const states = lists.of(subject);
    const history: IssuerOnNode["history"][number][] = [];
    const { newest, lastChange, grants, links, lookup } = await readAccreditations(source, { subject });
    for await (const { log, time } of index.events("did", subject)) {
      const { blockNumber: block, blockHash, transactionHash: transaction, logIndex, topics, data } = log;
      history.push({ block, blockHash, time, transaction, logIndex, topics: [...topics], data });
      if (history.length > MAX_HISTORY_EVENTS) {
        throw new UnavailableError(`This DID has more than ${MAX_HISTORY_EVENTS} events: ask the chain`);
      }
    }
    const closings = await Promise.all(states.map((list) => lists.closedAt(list)));
    // A new block was committed meanwhile, so the reads may mix two versions: read again.
    if (index.asOf()?.hash !== before) continue;
    const issuer: IssuerOnNode = {
      history,
      accepted: grants.map(({ grantId }) => grantId),
      grants: links.map((grant) => ({ ...grant, deactivatedAt: lookup.deactivatedAt(grant.subject) ?? null })),
      lists: states.flatMap(({ list, typeId, size, closed, origin, head }, at) => {
        if (origin === null) return [];
        const { number, baseUri } = origin;
        return [{ list, typeId, size, closed, closedAt: closings[at] ?? null, number: String(number), baseUri, head }];
      }),
    };
    return { newest, lastChange, issuer };
  }
}
