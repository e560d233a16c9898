import { DcqlQuery } from "dcql";
import { type Card, type Claim, leavesOf, unusedOf } from "../cards/card.ts";
import { pathKey, presentationOf, shownIn } from "./selection.ts";

/**
 * A card that answers one part of a request, all claims that the verifier will see, and those that it will not. It may see more
 * than it asked for: an issuer decides which claims can be disclosed separately.
 */
export interface Choice {
  readonly id: string;
  readonly card: Card;
  readonly disclosed: readonly Claim[];
  readonly withheld: readonly Claim[];
}

/**
 * The cards that answer a request (DCQL, OpenID4VP 1.0, section 6), with as few claims as it allows. Of several alternatives it
 * is the first in the verifier's order for which the phone has cards.
 *
 * @returns `undefined` when the phone's cards do not answer the request.
 */
export async function choicesOf(
  query: DcqlQuery.Output,
  cards: readonly Card[],
): Promise<readonly Choice[] | undefined> {
  const credentials = cards.map((card) => ({
    credential_format: "dc+sd-jwt" as const,
    vct: card.type,
    cryptographic_holder_binding: true,
    claims: card.claims as never,
  }));
  const result = DcqlQuery.query(query, credentials);
  if (!result.can_be_satisfied) return undefined;
  const choices = wantedIds(query, result).map(async (id) => {
    const asked = query.credentials.find((one) => one.id === id);
    const match = result.credential_matches[id];
    const found = match?.success ? match.valid_credentials[0] : undefined;
    const card = found && cards[found.input_credential_index];
    if (card === undefined) throw new TypeError(`The query is satisfied, but nothing answers ${id}`);
    // A query without claims asks for no selectively disclosable claims.
    const set = found?.claims.success ? found.claims.valid_claim_sets[0]?.output : undefined;
    const chosen = asked?.claims === undefined ? [] : leavesOf((set ?? {}) as Record<string, unknown>);
    return { id, card, ...(await seenOf(card, chosen)) };
  });
  return Promise.all(choices);
}

/** What a verifier sees of a card, the chosen claims first, and what it does not see. */
async function seenOf(card: Card, chosen: readonly Claim[]): Promise<Pick<Choice, "disclosed" | "withheld">> {
  const copy = unusedOf(card)[0] ?? card.copies.at(-1);
  const shown = shownIn(await presentationOf(copy?.text ?? "", chosen));
  const places = new Map(chosen.map((one, at) => [pathKey(one), at]));
  const placeOf = (claim: Claim) => places.get(pathKey(claim)) ?? chosen.length;
  const seen = new Set(shown.map(pathKey));
  return {
    disclosed: shown.toSorted((a, b) => placeOf(a) - placeOf(b)),
    withheld: leavesOf(card.claims).filter((one) => !seen.has(pathKey(one))),
  };
}

/** Without sets all queries have to be answered; otherwise one option of each required set. */
function wantedIds(
  query: DcqlQuery.Output,
  { credential_sets: sets }: ReturnType<typeof DcqlQuery.query>,
): readonly string[] {
  if (sets === undefined) return query.credentials.map(({ id }) => id);
  return [
    ...new Set(sets.filter(({ required }) => required).flatMap(({ matching_options: options }) => options?.[0] ?? [])),
  ];
}
