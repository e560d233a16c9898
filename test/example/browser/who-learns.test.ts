import assert from "node:assert/strict";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { calculateJwkThumbprint, decodeJwt, type JWK } from "jose";
import { type Device, openDevice } from "./helpers/browsers.ts";
import { Findings } from "./helpers/findings.ts";
import { cardsGivenTo } from "./helpers/given-cards.ts";
import { type LogLengths, linesSince, logLengths, logsOf } from "./helpers/logs.ts";
import { Phone } from "./helpers/phone.ts";
import { Gate, issueAt, Site } from "./helpers/places.ts";
import { type RecordedExample, startRecorded } from "./helpers/stage.ts";
import { filesIn, found, type Secret, type View, valuesOf } from "./helpers/views.ts";

const LANGUAGE = "en";

/** The header of every key binding by a P-256 key, whoever's it is. */
const KEY_BINDING_HEADER = Buffer.from(JSON.stringify({ typ: "kb+jwt", alg: "ES256" })).toString("base64url");

/** The values that identify one card. A party without a part in its use must not see any of them. */
async function secretsOf(card: string): Promise<Secret[]> {
  const [jwt = "", ...rest] = card.split("~");
  const { cnf, status, ...claims } = decodeJwt(jwt) as unknown as {
    cnf: { jwk: JWK };
    status: { status_list: { idx: number } };
    _sd: string[];
  };
  return [
    { what: "a card's signature", text: jwt.slice(jwt.lastIndexOf(".") + 1) },
    { what: "a key", text: cnf.jwk.x ?? "" },
    { what: "a key's thumbprint", text: await calculateJwkThumbprint(cnf.jwk) },
    { what: "an index", text: `"idx":${status.status_list.idx}` },
    ...claims._sd.map((text) => ({ what: "a digest of a claim", text })),
    ...rest.filter((text) => text !== "").map((text) => ({ what: "a disclosure", text })),
  ];
}

/** The one presentation in what a phone showed to a gate. */
function shownTo(gate: Device): string {
  const call = gate.sent.filter(({ url }) => url.endsWith("/answers")).at(-1);
  const { text } = JSON.parse(call?.body ?? "") as { text: string };
  const { vp_token: token } = JSON.parse(text) as { vp_token: Record<string, [string]> };
  return Object.values(token)[0]?.[0] ?? assert.fail("nothing was shown");
}

const nonceOf = (presentation: string) =>
  String(decodeJwt(presentation.slice(presentation.lastIndexOf("~") + 1)).nonce);

/** The data that the node, the chain, the issuer, the wallet's site and the gates received, store and log. */
async function viewsOf({ config, local, node, chain }: RecordedExample): Promise<Record<string, View>> {
  const files = await filesIn(config.data);
  const own = (name: string) => new Map([...files].filter(([path]) => path.startsWith(join(config.data, name))));
  return {
    node: new Map([
      ...(await filesIn(join(local, "index"))),
      ["requests", node.received()],
      ["log", await readFile(join(local, "node.log"))],
    ]),
    chain: new Map([
      ["requests", chain.received()],
      ["log", await readFile(join(local, "chain.log"))],
    ]),
    issuer: own("issuer"),
    wallet: own("wallet"),
    gate: own("gate"),
    approval: own("approval"),
  };
}

test("who learns what: only the phone knows cards and their uses, and each place knows what was shown to it", async (t) => {
  const example = await startRecorded(t);
  const begun = await logLengths(example);
  const findings = new Findings();
  const addLogged = async (since: LogLengths, what: string) => {
    for (const party of Object.keys(since)) {
      const lines = await linesSince(example, party, since);
      findings.add(
        party,
        lines.map((line) => `${what}, and logs: ${line}`),
      );
    }
  };
  const { urls } = example.config;
  // The story looks at the screens.
  const screens = { look: async () => undefined };
  const open = (kind: "phone" | "pc") => openDevice(t, { kind, language: LANGUAGE });
  const [pc, gateDevice] = [await open("pc"), await open("pc")];
  const gate = new Gate(gateDevice, { url: urls.gate, language: LANGUAGE, screens });

  /** A person with a new phone and a card; the copies of it, as the issuer gave them. */
  const personWith = async (person: number) => {
    const phone = new Phone(await open("phone"), { url: urls.wallet, language: LANGUAGE, screens });
    const cards = await cardsGivenTo(phone.device);
    // The answer for a site before its encryption.
    await phone.device.context.addInitScript(() => {
      const shown: string[] = [];
      Object.assign(globalThis, { shownOnline: shown });
      const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
      crypto.subtle.encrypt = (algorithm, key, data) => {
        const text = new TextDecoder().decode(data);
        if (text.startsWith('{"vp_token"')) shown.push(text);
        return encrypt(algorithm, key, data);
      };
    });
    await phone.begin("pin");
    const offer = await issueAt(pc, urls.desk, { person, card: "official-id", screens });
    await phone.receive(offer.pictures, offer.code);
    return { phone, cards };
  };

  const { phone, cards } = await personWith(1);
  const other = await personWith(4);
  assert.deepEqual([cards.length, other.cards.length], [10, 10]);

  /** Shows a card at a place; what the phone and all recorders saw meanwhile. */
  const use = async (place: "door" | "library") => {
    const pictures = await gate.ask(place);
    const began = Date.now();
    const lengths = await logLengths(example);
    await phone.scan(pictures);
    await phone.at("consent");
    await phone.press("consent.accept");
    await phone.at("show");
    const verdict = await gate.read(phone, `gate-${place}`);
    assert(verdict.includes(phone.words("gate.open")), verdict);
    await phone.press("show.finish");
    const ended = Date.now();
    const within = (times: readonly number[]) => times.filter((at) => at >= began && at <= ended).length;
    const sent = phone.device.sent.filter(({ at, isOut }) => isOut && at >= began && at <= ended);
    findings.add(
      "phone",
      sent.map(({ url }) => `that it is used at a gate, and asks ${url}`),
    );
    for (const party of ["node", "chain"] as const) {
      if (within(example[party].times()) > 0)
        findings.add(party, ["when a card is used at a gate, for it is asked meanwhile"]);
    }
    await addLogged(lengths, "when a card is used at a gate");
    return shownTo(gateDevice);
  };
  const [atDoor, atLibrary] = [await use("door"), await use("library")];

  // A log-in by QR: the phone talks to the site that asks, and to nobody else.
  const site = new Site(urls.approval, screens);
  const login = await site.showCode(pc);
  const began = Date.now();
  await phone.scan(login.pictures);
  await phone.at("consent");
  await phone.press("consent.accept");
  await phone.at("done");
  const asked = phone.device.sent.filter(({ at, isOut }) => isOut && at >= began);
  assert.deepEqual([...new Set(asked.map(({ url }) => new URL(url).origin))], [urls.approval]);
  const [answer = ""] = (await phone.page.evaluate("globalThis.shownOnline")) as string[];
  const atSite = Object.values((JSON.parse(answer) as { vp_token: Record<string, [string]> }).vp_token)[0]?.[0] ?? "";
  await site.confirmOn(phone, login.digits);
  await site.expectIn(pc.page, "site-04-in");

  const views = await viewsOf(example);
  const { door, library } = example.config.verifiers;
  const cardSecrets = (await Promise.all(cards.map(secretsOf))).flat();
  const useSecrets: Secret[] = [atDoor, atLibrary, atSite].flatMap((text) => [
    { what: "a nonce", text: nonceOf(text) },
    { what: "a presentation", text: text.slice(text.lastIndexOf("~") + 1) },
  ]);
  const places = [door, library].map((one) => ({ what: "a verifier", text: one?.did ?? assert.fail() }));
  const name = { what: "a name", text: "홍길동" };
  // An issuer knows which indexes it gave to whom; the cards themselves it gives away and forgets.
  const unknown: Readonly<Record<string, readonly Secret[]>> = {
    node: [...cardSecrets, ...useSecrets, name],
    chain: [...cardSecrets, ...useSecrets, name, ...places],
    wallet: [...cardSecrets, ...useSecrets, name, ...places],
    gate: [...cardSecrets, ...useSecrets, name],
    approval: [...cardSecrets, ...useSecrets, name],
    issuer: [...cardSecrets.filter(({ what }) => what !== "an index"), ...useSecrets, ...places],
  };
  for (const [party, secrets] of Object.entries(unknown)) {
    findings.add(party, found(views[party] ?? assert.fail(party), secrets));
  }
  await addLogged(begun, "what it is asked for");

  // The node gets requests about all issuers and verifiers, or about none.
  const lookedUp = [
    ...example.node
      .received()
      .toString("latin1")
      .matchAll(/GET \/issuers\/(did:[^ ]+)/g),
  ].map(([, did]) => did);
  const all = new Set(Object.values(example.config.verifiers).map(({ did }) => did));
  const times = [...all].map((did) => lookedUp.filter((one) => one === did).length);
  if (new Set(times).size > 1)
    findings.add("node", [`which verifiers are of interest: it is asked about them ${times.join(", ")} times`]);

  // Two places that compare what they were shown find the issuer's constants: what another person's card has too.
  const constants = new Set([...other.cards.flatMap((card) => [...valuesOf(card)]), KEY_BINDING_HEADER]);
  for (const elsewhere of [atLibrary, atSite]) {
    const there = valuesOf(elsewhere);
    const shared = [...valuesOf(atDoor)].filter((value) => there.has(value) && !constants.has(value));
    findings.add(
      "door",
      shared.map((value) => `${value}, which ties its card to the card elsewhere`),
    );
  }
  findings.expectNone();

  // The search does find a line in any party's log, which the test of mutants lets each party write.
  for (const [party, log] of Object.entries(logsOf(example))) {
    const before = await readFile(log);
    await appendFile(log, `shown: ${atDoor}\n`);
    const view = (await viewsOf(example))[party] ?? new Map();
    assert.notDeepEqual(found(view, useSecrets), [], `one line in the log of ${party} is found`);
    assert.notDeepEqual(await linesSince(example, party, begun), [], `${party} does not log`);
    await writeFile(log, before);
  }
});
