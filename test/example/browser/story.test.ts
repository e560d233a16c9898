import assert from "node:assert/strict";
import { after, test } from "node:test";
import { LANGUAGES } from "../../../examples/mobile-id/shared/words.ts";
import { timeOf } from "../helpers/chain.ts";
import { startExample } from "../helpers/stage.ts";
import { openDevice } from "./helpers/browsers.ts";
import { Phone } from "./helpers/phone.ts";
import { Gate, issueAt, Site } from "./helpers/places.ts";
import { Screens } from "./helpers/screens.ts";
import { strangeRequests } from "./helpers/strange-requests.ts";

const { config } = await startExample({ after });
const { urls } = config;

/** Whose card is issued: each language has a person of its own. */
const PERSON = { ko: 1, en: 4 } as const;

for (const language of LANGUAGES) {
  test(`the story in ${language}: a card, log-ins, a gate, a lost phone`, async (t) => {
    const screens = new Screens(language);
    const open = (kind: "phone" | "pc") => openDevice(t, { kind, language });
    const pc = await open("pc");
    const phone = new Phone(await open("phone"), { url: urls.wallet, language, screens });
    const gate = new Gate(await open("pc"), { url: urls.gate, language, screens });
    const site = new Site(urls.approval, screens);
    const { words } = phone;
    const person = PERSON[language];

    await phone.begin(language === "ko" ? "passkey" : "pin");
    await phone.press("nav.settings");
    await phone.at("settings", "phone-05-settings");

    // A card.
    const offer = await issueAt(pc, urls.desk, { person, card: "official-id", screens });
    await phone.receive(offer.pictures, offer.code);
    assert((await phone.text()).includes(words("state.good")), "the phone itself finds its card good");
    await phone.page.locator("button.card").click();
    await phone.at("card", "phone-09-card");
    await phone.page.getByRole("button", { name: words("app.back") }).click();

    // E-approval: by QR from the PC, with the two digits that it shows, then on the phone itself.
    const login = await site.showCode(pc);
    await phone.scan(login.pictures);
    await phone.at("consent", "phone-10-consent-login");
    assert((await phone.text()).includes(words("retention.days", { count: 1 })));
    await phone.press("consent.accept");
    await phone.at("done", "phone-11-shown");
    await site.confirmOn(phone, login.digits);
    await site.expectIn(pc.page, "site-04-in");
    await site.logInHere(phone);
    await phone.unlock();
    await phone.at("consent");
    await phone.press("consent.accept");
    await phone.at("done");
    await phone.page.getByRole("link").click();
    await site.expectIn(phone.page, "phone-12-in");
    await phone.page.goto(urls.wallet);
    await phone.unlock();
    await phone.at("cards");

    // Requests that the wallet tells its holder to decline, and one that it refuses.
    for (const [name, asks] of await strangeRequests(config)) {
      await phone.paste(asks.text);
      await phone.at(asks.screen, `phone-${name}`);
      assert((await phone.text()).includes(words(asks.says)), `${name}: ${await phone.text()}`);
      if (asks.screen !== "consent") {
        await phone.closeProblem();
        continue;
      }
      await phone.press("consent.decline");
      await phone.at("done");
      await phone.press("done.home");
    }

    // The gate, with the phone's network cut.
    await phone.device.context.setOffline(true);
    await phone.scan(await gate.ask("door"));
    await phone.at("consent", "phone-17-consent-gate");
    assert((await phone.text()).includes(words("consent.accredited")));
    await phone.press("consent.accept");
    await phone.at("show", "phone-18-show");
    assert.match(await gate.read(phone, "gate-02-open"), new RegExp(words("gate.open")));
    await phone.device.context.setOffline(false);
    await phone.press("show.finish");
    await phone.press("nav.history");
    await phone.at("history", "phone-19-history");

    // A request that no card answers, and one that its holder does not want to answer.
    await phone.scan(await gate.ask("bike"));
    await phone.at("consent", "phone-20-no-card");
    await phone.closeProblem();
    await phone.scan(await gate.ask("library"));
    await phone.at("consent");
    await phone.press("consent.decline");
    await phone.at("done", "phone-21-declined");
    await phone.press("done.home");

    // The phone is lost: at the desk all cards of the person are revoked, and a new phone gets a new one.
    await pc.page.goto(urls.desk);
    await pc.page.locator(`form[action="/people/${person}/lost"] button`).click();
    await pc.page.locator(".done").waitFor();
    await screens.look(pc.page, "desk-03-lost");
    await gate.takeFacts(await timeOf(config.chain));
    await phone.scan(await gate.ask("door"));
    await phone.at("consent");
    await phone.press("consent.accept");
    await phone.at("show");
    assert((await gate.read(phone, "gate-03-revoked")).includes(words("reason.revoked")));

    const next = new Phone(await open("phone"), { url: urls.wallet, language, screens });
    await next.begin("pin");
    const again = await issueAt(pc, urls.desk, { person, card: "official-id", screens });
    await next.receive(again.pictures, again.code);

    assert.deepEqual([...next.device.faults, ...phone.device.faults, ...gate.device.faults], []);
  });
}
