import assert from "node:assert/strict";
import type { CDPSession } from "playwright-core";
import { type Language, type TextKey, type Words, wordsOf } from "../../../../examples/mobile-id/shared/words.ts";
import type { Device } from "./browsers.ts";
import { nothing, type Picture } from "./camera.ts";
import type { Eyes } from "./screens.ts";

const PIN = "135790";

/** A person with a phone, who uses the wallet's screens. */
export class Phone {
  readonly device: Device;
  readonly words: Words;
  readonly #screens: Eyes;
  readonly #url: string;
  #session: CDPSession | undefined;

  constructor(device: Device, { url, language, screens }: { url: string; language: Language; screens: Eyes }) {
    this.device = device;
    this.words = wordsOf(language);
    this.#screens = screens;
    this.#url = url;
  }

  get page() {
    return this.device.page;
  }

  /** Presses the button or link with this name. */
  async press(key: TextKey, values: Record<string, string | number> = {}): Promise<void> {
    await this.page
      .getByRole("button", { name: this.words(key, values) })
      .first()
      .click();
  }

  /** Closes a problem, and waits until it is gone: the next screen's wait would take it for its own. */
  async closeProblem(): Promise<void> {
    await this.press("app.close");
    await this.page.locator("[data-screen=problem]").waitFor({ state: "detached" });
  }

  /** Waits for a screen, and looks at it where it gets a name. Fails with what is on the screen instead. */
  async at(screen: string, name?: string): Promise<void> {
    const problem = this.page.locator("[data-screen=problem]");
    const wanted = this.page.locator(`[data-screen=${screen}]`);
    try {
      await wanted.or(problem).first().waitFor();
    } catch (cause) {
      throw new Error(`Waited for ${screen}, got: ${await this.text()}`, { cause });
    }
    if (screen !== "problem" && (await problem.count()) > 0) assert.fail(`${screen}: ${await this.text()}`);
    await this.page.waitForFunction(() => document.querySelector("main")?.getAttribute("aria-busy") !== "true");
    if (name !== undefined) await this.#screens.look(this.page, name);
  }

  async text(): Promise<string> {
    return (await this.page.locator("#wallet").innerText()).replace(/\s+/g, " ");
  }

  /** Opens the wallet for the first time and locks it, by a passkey whose device gives a secret, or by a PIN. */
  async begin(lock: "passkey" | "pin"): Promise<void> {
    await this.page.goto(this.#url);
    await this.at("start", "phone-01-start");
    if (lock === "passkey") await this.#addPasskeys();
    if (lock === "passkey") await this.press("start.passkey");
    else {
      await this.press("start.pin");
      await this.at("start", "phone-02-pin");
      for (const name of ["pin", "again"]) await this.page.fill(`input[name=${name}]`, PIN);
      await this.press("start.pinSave");
    }
    await this.at("cards", "phone-03-no-cards");
    // From now on the wallet's files are stored on the phone.
    await this.page.evaluate(() => navigator.serviceWorker.ready);
    await this.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  }

  async unlock(): Promise<void> {
    await this.at("unlock", "phone-04-unlock");
    if (this.#session === undefined) {
      await this.page.fill("input[name=pin]", PIN);
      await this.press("unlock.open");
    } else await this.press("unlock.passkey");
  }

  /** Scans what is on a screen. */
  async scan(pictures: readonly Picture[]): Promise<void> {
    await this.device.see(pictures);
    await this.press("nav.scan");
  }

  /** Pastes a link in place of a scan. */
  async paste(link: string): Promise<void> {
    await this.device.see([nothing()]);
    await this.press("nav.scan");
    await this.page.getByText(this.words("scan.paste")).click();
    await this.page.fill("input[name=link]", link);
    await this.press("scan.pasteOpen");
  }

  /** Receives the card that a desk offers. */
  async receive(pictures: readonly Picture[], code: string): Promise<void> {
    await this.scan(pictures);
    await this.at("offer", "phone-06-offer");
    await this.page.fill("input[name=code]", code);
    await this.press("offer.accept");
    await this.at("received", "phone-07-received");
    await this.press("offer.toCards");
    await this.at("cards", "phone-08-cards");
  }

  /** Receives a card by the desk's link. */
  async receiveByLink({ offerUri, txCode }: { offerUri: string; txCode: string }): Promise<void> {
    await this.paste(`openid-credential-offer://?${new URLSearchParams({ credential_offer_uri: offerUri })}`);
    await this.receiveOpened(txCode);
  }

  /** Receives the card of an offer that is on the screen. */
  async receiveOpened(code: string): Promise<void> {
    await this.at("offer");
    await this.page.fill("input[name=code]", code);
    await this.press("offer.accept");
    await this.at("received");
    await this.press("offer.toCards");
    await this.at("cards");
  }

  /** Types a PIN on the screen that unlocks. */
  async tryPin(pin: string): Promise<void> {
    await this.page.fill("input[name=pin]", pin);
    await this.press("unlock.open");
    await this.page.waitForFunction(() => document.querySelector("main")?.getAttribute("aria-busy") !== "true");
  }

  /** A virtual authenticator with the PRF extension, as platform authenticators of phones have it. */
  async #addPasskeys(): Promise<void> {
    this.#session = await this.device.context.newCDPSession(this.page);
    await this.#session.send("WebAuthn.enable");
    await this.#session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        hasPrf: true,
        automaticPresenceSimulation: true,
      },
    });
  }
}
