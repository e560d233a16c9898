import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import type { TextKey } from "../../../examples/mobile-id/shared/words.ts";
import type { Use } from "../../../examples/mobile-id/wallet/page/requests/history.ts";
import { Desk } from "../helpers/desk.ts";
import { requestAt } from "../helpers/login.ts";
import { startExample } from "../helpers/stage.ts";
import { withdraw } from "../helpers/withdraw.ts";
import { openDevice } from "./helpers/browsers.ts";
import { Phone } from "./helpers/phone.ts";
import { Gate, issueAt, Site } from "./helpers/places.ts";
import { Screens } from "./helpers/screens.ts";

const { config } = await startExample({ after });
const { urls, verifiers } = config;
const desk = new Desk(urls.desk);

/** Whose cards are issued: each language has a person of its own, with an official ID and a driver's licence. */
const PERSON = { ko: 1, en: 4 } as const;

/** A phone of its own with some cards, and a gate beside it. */
async function setUp(
  t: { after(end: () => Promise<void>): void },
  language: "ko" | "en",
  cards: readonly string[] = ["official-id"],
) {
  const screens = new Screens(language);
  const open = (kind: "phone" | "pc") => openDevice(t, { kind, language });
  const phone = new Phone(await open("phone"), { url: urls.wallet, language, screens });
  const gate = new Gate(await open("pc"), { url: urls.gate, language, screens });
  await phone.begin("pin");
  for (const card of cards) {
    await phone.receiveByLink(await desk.issue(PERSON[language], card));
  }
  return { phone, gate, screens };
}

test("other places learn other claims, copies run out, a place refuses one that it has seen, and new ones come", async (t) => {
  const { phone, gate, screens } = await setUp(t, "en", ["official-id", "drivers-licence"]);
  const { words } = phone;
  const expectSaid = async (...keys: TextKey[]) => {
    const text = await phone.text();
    for (const key of keys) assert(text.includes(words(key)), `${key} is not in: ${text}`);
  };
  /** Answers a request of a site, given as a link. */
  const answer = async (part: "messenger" | "mail") => {
    await phone.paste(await requestAt(urls[part], verifiers[part]?.did));
    await phone.at("consent");
  };

  // A bike learns an age of any card that has it, a library a name; here on one computer, by copy and paste in place of cameras.
  for (const [place, shown] of [
    ["bike", "claim.age_equal_or_over.19"],
    ["library", "claim.name"],
  ] as const) {
    await phone.paste(await gate.askByHand(place));
    await phone.at("consent", `phone-30-consent-${place}`);
    assert.deepEqual(await phone.page.locator(".asked dt").allInnerTexts(), [words(shown)]);
    await phone.press("consent.accept");
    await phone.at("show", "phone-42-as-text");
    assert((await gate.readByHand(phone, `gate-04-${place}`)).includes(words("gate.open")));
    await phone.press("show.finish");
  }

  // The messenger learns name and department, mail the staff number alone.
  for (const [part, claims] of [
    ["messenger", ["claim.name", "claim.department"]],
    ["mail", ["claim.staff_number"]],
  ] as const) {
    const site = new Site(urls[part], screens);
    await site.logInHere(phone);
    await phone.unlock();
    await phone.at("consent", `phone-31-consent-${part}`);
    const shown = await phone.page.locator(".asked dt").allInnerTexts();
    assert.deepEqual(shown.toSorted(), claims.map((key) => words(key)).toSorted());
    await phone.press("consent.accept");
    await phone.at("done");
    await phone.page.getByRole("link").click();
    await site.expectIn(phone.page, `site-05-${part}`);
    await phone.page.goto(urls.wallet);
    await phone.unlock();
    await phone.at("cards");
  }

  // Ten copies, of which three are used. The wallet says when few are left, and asks before one is shown again.
  for (let left = 7; left > 0; left--) {
    await answer("messenger");
    if (left === 1) await phone.at("consent", "phone-32-last-copy");
    await phone.press("consent.accept");
    await phone.at("done");
    await phone.press("done.home");
    await phone.at("cards", left === 3 ? "phone-33-few-copies" : undefined);
    assert.equal((await phone.text()).includes(words("cards.few")), left - 1 < 3, `${left - 1} are left`);
  }
  await expectSaid("state.usedUp");
  const showAgain = async () => {
    for (const box of await phone.page.locator("#insist input[type=checkbox]").all()) await box.check();
    await phone.press("consent.accept");
  };
  await answer("messenger");
  await phone.at("consent", "phone-34-used-copy");
  await expectSaid("consent.reuse");
  await showAgain();
  // The messenger has seen this copy: what it says is said in words.
  await phone.at("problem", "phone-35-shown-before");
  await expectSaid("problem.REQUEST_REFUSED", "reason.shownBefore");
  await phone.closeProblem();
  await answer("mail");
  await showAgain();
  await phone.at("done");
  await phone.press("done.home");

  // New copies come when the wallet is refreshed; the messenger has seen none of them.
  await phone.at("cards");
  await phone.page.getByRole("button", { name: words("cards.refresh"), exact: true }).click();
  await phone.page.getByText(words("cards.refreshed")).waitFor();
  await phone.at("cards", "phone-36-refilled");
  for (const gone of ["state.usedUp", "cards.few"] as const) assert(!(await phone.text()).includes(words(gone)), gone);
  await answer("messenger");
  await phone.press("consent.accept");
  await phone.at("done");
  assert.deepEqual([...phone.device.faults, ...gate.device.faults], []);
});

test("two tabs of a wallet show no copy twice, and each sees what the other one received", async (t) => {
  const { phone, screens } = await setUp(t, "en", []);
  const { device, words } = phone;
  // The desk is in the same browser, and stays open with its code beside the wallet.
  const deskPage = await device.context.newPage();
  const wanted = { person: PERSON.en, card: "official-id", screens };
  const { code } = await issueAt({ ...device, page: deskPage }, urls.desk, wanted);
  const opened = device.context.waitForEvent("page");
  await deskPage.locator("#offer").click();
  const other = new Phone({ ...device, page: await opened }, { url: urls.wallet, language: "en", screens });
  await other.unlock();
  await other.receiveOpened(code);
  // The messenger refuses a copy that it has seen.
  for (const one of [phone, other, phone]) {
    await one.page.bringToFront();
    await one.paste(await requestAt(urls.messenger, verifiers.messenger?.did));
    await one.at("consent");
    await one.press("consent.accept");
    await one.at("done");
    await one.press("done.home");
    await one.at("cards");
  }
  assert((await phone.text()).includes(words("cards.copies", { count: 7 })));
});

test("the history is a file and can be erased, and ten wrong PINs in a row erase everything", async (t) => {
  const { phone, gate } = await setUp(t, "ko");
  const { words } = phone;
  for (const press of ["consent.accept", "consent.decline"] as const) {
    await phone.paste(await gate.askByHand("library"));
    await phone.at("consent");
    await phone.press(press);
    await phone.at(press === "consent.accept" ? "show" : "done");
    await phone.press(press === "consent.accept" ? "show.finish" : "done.home");
    await phone.at("cards");
  }
  // The history: a file that its holder keeps, and nothing once it is erased.
  await phone.press("nav.history");
  await phone.at("history");
  await phone.page.locator(".uses li").first().waitFor();
  const download = phone.page.waitForEvent("download");
  await phone.press("history.export");
  const file = JSON.parse(await readFile(await (await download).path(), "utf8")) as { uses: Use[] };
  assert.partialDeepStrictEqual(file.uses, [
    { did: verifiers.library?.did, outcome: "declined", claims: [] },
    { did: verifiers.library?.did, outcome: "shown", claims: [["name"]] },
  ]);
  await phone.page.getByText(words("history.erase"), { exact: true }).click();
  await phone.at("history", "phone-37-erase-history");
  await phone.press("history.eraseYes");
  await phone.page.getByText(words("history.none")).waitFor();
  await phone.at("history", "phone-38-no-history");

  // Ten wrong PINs in a row erase everything.
  await phone.press("nav.settings");
  await phone.press("settings.lock");
  await phone.at("unlock");
  for (let left = 9; left > 0; left--) {
    await phone.tryPin("000000");
    await phone.page.getByText(words("unlock.triesLeft", { count: left })).waitFor();
    if (left === 1) await phone.at("unlock", "phone-39-wrong-pin");
  }
  await phone.tryPin("000000");
  await phone.at("problem", "phone-40-erased");
  assert((await phone.text()).includes(words("problem.LOCK_ERASED")));
  await phone.closeProblem();
  await phone.at("start");
  const left = await phone.page.evaluate(async () => {
    const [{ name = "" } = {}] = await indexedDB.databases();
    const opened = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    const counts = ["lock", "keys", "sealed"].map(
      (store) =>
        new Promise<number>((resolve) => {
          const request = opened.transaction(store).objectStore(store).count();
          request.onsuccess = () => resolve(request.result);
        }),
    );
    return Promise.all(counts);
  });
  assert.deepEqual(left, [0, 0, 0], "no lock, no key and no record is left");
});

test("a verifier whose accreditation is withdrawn is shown as one that nobody vouches for", async (t) => {
  const { phone } = await setUp(t, "en");
  const { words } = phone;
  const ask = async () => {
    await phone.paste(await requestAt(urls.mail, verifiers.mail?.did));
    await phone.at("consent");
    const isTrusted = (await phone.text()).includes(words("consent.accredited"));
    if (!isTrusted) await phone.at("consent", "phone-41-withdrawn");
    const says = await phone.text();
    await phone.press("consent.decline");
    await phone.at("done");
    await phone.press("done.home");
    return says;
  };
  assert((await ask()).includes(words("consent.accredited")));
  await withdraw(config, "mail");
  let says = "";
  // The node learns of it a moment after the chain does.
  for (const end = Date.now() + 60_000; !says.includes(words("consent.unaccredited")) && Date.now() < end; ) {
    await phone.page.getByRole("button", { name: words("cards.refresh"), exact: true }).click();
    await phone.page.getByText(words("cards.refreshed")).waitFor();
    says = await ask();
  }
  assert(says.includes(words("consent.unaccredited")));
  assert(says.includes(words("consent.anyway")), "its holder has to insist");
});
