import { verifier } from "../../../../../resolver/index.ts";
import { storedFetch } from "../../../shared/stored-answers.ts";
import { base, type Network } from "../../../shared/take-evidence.ts";
import { type Card, unusedOf } from "../cards/card.ts";
import type { Directory } from "./directory.ts";

/** What a verifier would say of a card, by what the phone keeps. */
export interface CardStanding {
  readonly verdict: "valid" | "invalid" | "unknown";
  readonly reason: string | undefined;
  /** As of when its status is known, in Unix seconds. */
  readonly statusAsOf: number | undefined;
}

/** Seconds after which what is known of a card counts as unknown: a list token lives for a day. */
const MAX_AGE = 86_400;

/** Judges a card by the very code that verifiers use, without asking anybody. */
export async function standingOfCard(network: Network, { answers }: Directory, card: Card): Promise<CardStanding> {
  const [copy = card.copies[0]] = unusedOf(card);
  if (copy === undefined) return { verdict: "unknown", reason: "noCopy", statusAsOf: undefined };
  const fetch = storedFetch(answers);
  const { verify } = verifier({ networks: [{ ...network, fetch }], fetch, maxStaleness: MAX_AGE });
  const { verdict, reason, statusAsOf } = await verify(copy.text, { type: card.type });
  return { verdict, reason, statusAsOf };
}

/** The newest token of the list that a card is in, to be shown along with it; `undefined` when none is kept. */
export function listTokenOf({ nodes }: Network, { answers }: Directory, card: Card): string | undefined {
  const number = card.list?.slice(card.list.lastIndexOf("/") + 1);
  const address = card.issuer.slice(card.issuer.lastIndexOf(":") + 1);
  for (const node of nodes) {
    const found = answers[`${base(node)}/status-lists/${address}/${number}`];
    if (found !== undefined) return found.body.trim();
  }
  return undefined;
}
