import { MapaeError, verifier } from "../../../../../resolver/index.ts";
import { storedFetch } from "../../../shared/stored-answers.ts";
import { base, type Network } from "../../../shared/take-evidence.ts";
import { type Card, unusedOf } from "../cards/card.ts";
import type { Directory } from "./directory.ts";

/** A verifier's verdict on a card, by the facts that the phone stores. */
export interface CardStanding {
  readonly verdict: "valid" | "invalid" | "unknown";
  readonly reason: string | undefined;
  /** The moment as of which its status is known, in Unix seconds. */
  readonly statusAsOf: number | undefined;
}

/** Highest age of the stored facts in seconds, which is the lifetime of a list token. */
const MAX_AGE = 86_400;

/**
 * Judges a card by the same code as verifiers, without requests. A card that can't be judged here, such as one of another
 * network, is `unknown`: the holder may have received any card, and it must not prevent the use of the others.
 */
export async function standingOfCard(network: Network, { answers }: Directory, card: Card): Promise<CardStanding> {
  const [copy = card.copies[0]] = unusedOf(card);
  if (copy === undefined) return { verdict: "unknown", reason: "noCopy", statusAsOf: undefined };
  const fetch = storedFetch(answers);
  const { verify } = verifier({ networks: [{ ...network, fetch }], fetch, maxStaleness: MAX_AGE });
  try {
    const { verdict, reason, statusAsOf } = await verify(copy.text, { type: card.type });
    return { verdict, reason, statusAsOf };
  } catch (error) {
    if (!(error instanceof MapaeError)) throw error;
    return { verdict: "unknown", reason: error.code, statusAsOf: undefined };
  }
}

/** The newest token of a card's status list, to be presented with the card; `undefined` when none is stored. */
export function listTokenOf({ nodes }: Network, { answers }: Directory, card: Card): string | undefined {
  const number = card.list?.slice(card.list.lastIndexOf("/") + 1);
  const address = card.issuer.slice(card.issuer.lastIndexOf(":") + 1);
  for (const node of nodes) {
    const found = answers[`${base(node)}/status-lists/${address}/${number}`];
    if (found !== undefined) return found.body.trim();
  }
  return undefined;
}
