import { UnavailableError } from "../../resolver/errors.ts";
import type { IssuerOnNode } from "../../resolver/evidence/from-nodes.ts";
import type { Address } from "../../resolver/primitives/hex.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import { type EventBlock, heldIndex, type IndexSnapshot } from "../index/live-index.ts";
import type { IssuerLists } from "./issuer-lists.ts";
import { accreditationsIn, type TrustSource } from "./read-accreditations.ts";
import { shownLog } from "./shown-log.ts";

/** Maximum number of events of a DID in one answer. A DID with more has to be read from the chain. */
export const MAX_HISTORY_EVENTS = 5_000;

/**
 * Maximum length of these events as JSON, in bytes: a value has up to 4 096 bytes, twice as many digits. The library reads
 * answers of up to `MAX_ISSUER_BYTES`.
 */
export const MAX_HISTORY_BYTES = 12 * 1_048_576;

/** Length of an event as JSON without its data, about. */
const EVENT_BYTES = 500;

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
 * @throws UnavailableError for a DID with more than {@link MAX_HISTORY_EVENTS} or {@link MAX_HISTORY_BYTES}, or more grants
 * than are read; StoreError.
 */
export async function readIssuer(
  source: TrustSource & { readonly lists: IssuerLists },
  subject: Address,
): Promise<IssuerAnswer> {
  const { index, lists, accepted } = source;
  await Promise.all([accepted.load(), lists.load()]);
  await using held = heldIndex(index);
  // Read before the first `await`, so that they are of the same version as the snapshot.
  const states = lists.of(subject);
  const { newest, lastChange, grants, links, lookup } = await accreditationsIn(held, source, { subject });
  const history = await historyOf(held, subject);
  const closings = await Promise.all(states.map((list) => lists.closedAt(held, list)));
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

async function historyOf(held: IndexSnapshot, did: Address): Promise<IssuerOnNode["history"]> {
  const history: IssuerOnNode["history"][number][] = [];
  let bytes = 0;
  for await (const events of held.history({ subject: { kind: "did", id: did }, to: held.asOf.number })) {
    for (const { event } of events) {
      history.push(shownLog(event));
      bytes += EVENT_BYTES + event.log.data.length;
    }
    if (history.length <= MAX_HISTORY_EVENTS && bytes <= MAX_HISTORY_BYTES) continue;
    throw new UnavailableError(
      `This DID has more than ${MAX_HISTORY_EVENTS} events, or ${MAX_HISTORY_BYTES} bytes of them: ask the chain`,
    );
  }
  return history;
}
