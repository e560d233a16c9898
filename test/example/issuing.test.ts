import assert from "node:assert/strict";
import { after, test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { parseNetworkDescriptor, verifier } from "../../resolver/index.ts";
import { Desk } from "./helpers/desk.ts";
import { startExample } from "./helpers/stage.ts";
import { type HeldCard, newKeys, TestWallet } from "./helpers/wallet.ts";

const { config } = await startExample({ after });
const { urls, nodes, issuers } = config;
const desk = new Desk(urls.desk);
const descriptor = parseNetworkDescriptor(await (await fetch(`${nodes[0]}/network`)).json());
const { verify } = verifier({ networks: [{ descriptor, nodes }] });

const [HONG, KIM, LEE] = [1, 2, 3];
const DAY = 86_400;

async function cardsOf(person: number, configuration: string, count = 1) {
  const wallet = await TestWallet.for(urls.issuer);
  const { offerUri, txCode } = await desk.issue(person, configuration);
  const tokens = await wallet.redeem(offerUri, txCode);
  return { wallet, tokens, cards: await wallet.fetchCards(tokens, configuration, count) };
}

const indexOf = ({ card }: HeldCard) =>
  (decodeJwt(card.split("~")[0] ?? "") as { status: { status_list: { idx: number } } }).status.status_list.idx;

async function errorOf(answer: Response): Promise<[number, unknown]> {
  return [answer.status, ((await answer.json()) as { error: unknown }).error];
}

test("a batch of cards is valid, and no two have an index, a key or a disclosure in common", async () => {
  const { cards } = await cardsOf(HONG, "official-id", 10);
  for (const { card } of cards) {
    const { verdict, reason, credential } = await verify(card, { type: issuers["official-id"]?.type ?? "" });
    assert.equal(verdict, "valid", reason);
    assert.deepEqual(Object.keys(credential.claims).sort(), [
      ...[
        "cnf",
        "department",
        "exp",
        "iat",
        "iss",
        "name",
        "organization",
        "position",
        "staff_number",
        "status",
        "vct",
      ],
    ]);
  }
  assert.equal(new Set(cards.map(indexOf)).size, 10);
  const own = cards.flatMap(({ card }) => card.split("~").slice(1, -1));
  assert.equal(new Set(own).size, own.length);
});
