import "./helpers/as-browser.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { type AskedCard, policyFor } from "../../examples/mobile-id/gate/policies.ts";
import { FRAME_LENGTH, framesOf, MAX_FRAMES } from "../../examples/mobile-id/shared/qr-frames.ts";
import { wordsOf } from "../../examples/mobile-id/shared/words.ts";
import { CardStore } from "../../examples/mobile-id/wallet/page/cards/card-store.ts";
import { judge } from "../../examples/mobile-id/wallet/page/requests/judge.ts";
import { choicesOf } from "../../examples/mobile-id/wallet/page/requests/match.ts";
import { qrAnswer } from "../../examples/mobile-id/wallet/page/requests/qr-answer.ts";
import type { PresentationRequest } from "../../examples/mobile-id/wallet/page/requests/request.ts";
import { present } from "../../examples/mobile-id/wallet/page/requests/respond.ts";
import { presentationOf, shownIn } from "../../examples/mobile-id/wallet/page/requests/selection.ts";
import { consentScreen } from "../../examples/mobile-id/wallet/page/screens/consent.ts";
import { claimRow } from "../../examples/mobile-id/wallet/page/screens/shell.ts";
import type { Wallet } from "../../examples/mobile-id/wallet/page/wallet.ts";
import { MemoryVault } from "./helpers/memory-vault.ts";
import { cardOf, copyText, Hidden, TYPE } from "./helpers/wallet-card.ts";

type Path = readonly (string | number | null)[];

function queryFor(...paths: readonly Path[]) {
  const claims = paths.map((path) => ({ path })) as unknown as AskedCard["claims"];
  return policyFor("door", { freshFor: 1, denyAfter: 1, credentials: [{ id: "card", vct: TYPE, claims }] }).query;
}

/** What the consent screen says about a card: claims that will be shown, and names of those that stay on the phone. */
async function consentTo(claims: object, ...paths: readonly Path[]) {
  const choices = await choicesOf(queryFor(...paths), [cardOf([await copyText(claims)])]);
  const [{ disclosed, withheld } = assert.fail("no card answers")] = choices ?? [];
  const shown = Object.fromEntries(disclosed.map(({ path, value }) => [path.join("."), value]));
  return { shown, withheld: withheld.map(({ path }) => path.join(".")).sort() };
}

test("the whole of a list will be shown when one element of it is asked for, because it is one disclosure", async () => {
  const claims = { name: new Hidden("박지은"), classes: new Hidden(["2종 보통", "원동기"]) };
  const { shown, withheld } = await consentTo(claims, ["classes", 0]);
  assert.deepEqual(shown, { classes: ["2종 보통", "원동기"] });
  assert.deepEqual(withheld, ["name"]);
});

test("what an issuer did not make selectively disclosable is not said to stay on the phone", async () => {
  const claims = { name: new Hidden("홍길동"), staff_number: "20190347" };
  assert.deepEqual(await consentTo(claims, ["name"]), {
    shown: { name: "홍길동", staff_number: "20190347" },
    withheld: [],
  });
});

test("what can only be disclosed together will all be shown, and what can be disclosed separately stays", async () => {
  const address = { city: "세종", street: "도움6로" };
  assert.deepEqual(await consentTo({ address: new Hidden(address) }, ["address", "city"]), {
    shown: { "address.city": "세종", "address.street": "도움6로" },
    withheld: [],
  });
  const separate = { city: new Hidden("세종"), street: new Hidden("도움6로") };
  for (const group of [separate, new Hidden(separate)]) {
    assert.deepEqual(await consentTo({ address: group }, ["address", "city"]), {
      shown: { "address.city": "세종" },
      withheld: ["address.street"],
    });
  }
});

test("a copy that says something else than its holder agreed to never leaves the phone", async () => {
  const [seen, other] = [
    await copyText({ name: new Hidden("홍길동") }),
    await copyText({ name: new Hidden("임꺽정") }),
  ];
  const more = await copyText({ name: new Hidden("홍길동"), serial: "4711" });
  for (const text of [other, more]) {
    const memory = new MemoryVault();
    const store = new CardStore(memory.asVault());
    const card = cardOf([seen]);
    const [copy = assert.fail()] = card.copies;
    const key = await memory.makeKey();
    await store.put({ ...card, copies: [{ ...copy, key, text }] });
    const choices = (await choicesOf(queryFor(["name"]), [card])) ?? [];
    const request = {
      clientId: "decentralized_identifier:did:mapae:local:0x1",
      nonce: "n",
      payload: {},
    } as PresentationRequest;
    await assert.rejects(present(memory.asVault(), store, request, choices), { code: "CARD_CHANGED" });
    await store.put({ ...card, copies: [{ ...copy, key }] });
    const token = await present(memory.asVault(), store, request, choices);
    assert.deepEqual(shownIn(token.card?.[0] ?? ""), [{ path: ["name"], value: "홍길동" }]);
  }
});

test("a request that expired while its holder read it gets no answer, and uses up no copy", async () => {
  const memory = new MemoryVault();
  const store = new CardStore(memory.asVault());
  const card = cardOf([await copyText({ name: new Hidden("홍길동") })]);
  await store.put(card);
  const choices = (await choicesOf(queryFor(["name"]), [card])) ?? [];
  const payload = { exp: Math.floor(Date.now() / 1_000) - 120 };
  const request = { clientId: "x", nonce: "n", did: "did:mapae:local:0x1", payload } as unknown as PresentationRequest;
  await assert.rejects(present(memory.asVault(), store, request, choices), { code: "REQUEST_EXPIRED" });
  assert.equal((await store.all())[0]?.copies[0]?.used, false);
});

test("a claim may have any name, also that of an object's prototype", async () => {
  const claims = JSON.parse('{"__proto__":{"polluted":"yes"},"constructor":"c"}') as object;
  const text = await copyText({ ...claims, name: new Hidden("홍길동") });
  const chosen = shownIn(await presentationOf(text, []));
  await presentationOf(text, [...chosen, { path: ["__proto__", "polluted"], value: "yes" }]);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test("a request whose purpose is named like a member of every object has no purpose", async () => {
  const known = { accreditation: async () => [], asOf: { time: 0 }, document: undefined };
  const choices = (await choicesOf(queryFor(["name"]), [cardOf([await copyText({ name: new Hidden("x") })])])) ?? [];
  for (const purpose of ["constructor", "__proto__", "toString"]) {
    const request = { known, purpose, did: "did:mapae:local:0x1" } as unknown as PresentationRequest;
    const { standing } = await judge(request, choices, { at: 0, answers: {}, purposes: {} });
    assert.equal(standing, "unaccredited", purpose);
  }
});

/** All texts that a screen inserts into its markup. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === "object" && value !== null && "values" in value ? textsIn(value.values) : [];
}

test("a verifier can't put a text of its own on the consent screen, as the name of a claim", () => {
  const request = { did: "did:mapae:local:0x1", query: queryFor(["Call 02-000-0000 now"], ["name"]) };
  const judgement = { standing: "unaccredited", path: [], beyond: [] };
  const words = wordsOf("en");
  const wallet = { words, busy: false, notice: "" } as unknown as Wallet;
  const texts = textsIn(consentScreen(wallet, { name: "consent", request, judgement, choices: undefined } as never));
  assert(
    texts.some((text) => text.includes(words("claim.name"))),
    texts.join("\n"),
  );
  assert(!texts.some((text) => text.includes("Call")), texts.join("\n"));
});

test("every value of a claim can be shown, and none as [object Object]", () => {
  const wallet = { words: wordsOf("en") } as unknown as Wallet;
  const value: unknown = [{ toString: 1 }, { name: "B" }, ["C", true]];
  const texts = textsIn(claimRow(wallet, { path: ["classes"], value }));
  assert.deepEqual(texts, ["Classes", '{"toString":1}, {"name":"B"}, C, Yes']);
});

test("status lists that are too long for a gate's camera are left out of an answer, and the others stay in it", async () => {
  const token = { card: ["x".repeat(1_500)] };
  const listsIn = (text: string) => (JSON.parse(text) as { status_lists: string[] }).status_lists;
  const [short, long] = ["s".repeat(2_000), "l".repeat(MAX_FRAMES * FRAME_LENGTH)];
  const text = qrAnswer(token, [long, short, short]);
  assert.deepEqual(listsIn(text), [short]);
  assert((await framesOf(text)).length <= MAX_FRAMES);
  assert.equal(listsIn(qrAnswer(token, ["1", "2", "3", "4", "5"])).length, 4, "a gate reads at most four");
});
