import { type Language, type TextKey, wordsOf } from "../../../../examples/mobile-id/shared/words.ts";
import { until } from "../../../../scripts/rehearsal/until.ts";
import { GateSession } from "../../helpers/gate-session.ts";
import type { Device } from "./browsers.ts";
import { nothing, type Picture, pictureOf, picturesOf } from "./camera.ts";
import type { Phone } from "./phone.ts";
import type { Eyes } from "./screens.ts";

/** The desk's offer of one card. */
export interface Offered {
  readonly pictures: readonly Picture[];
  readonly code: string;
}

/** The issuer's desk: issues a card to the nth person of the roll. */
export async function issueAt(
  desk: Device,
  url: string,
  wanted: { person: number; card: string; screens: Eyes },
): Promise<Offered> {
  const { page } = desk;
  await page.goto(url);
  await wanted.screens.look(page, "desk-01-roll");
  await page.locator(`form[action="/people/${wanted.person}/issue/${wanted.card}"] button`).click();
  await page.locator("#tx-code").waitFor();
  await wanted.screens.look(page, "desk-02-offer");
  const code = (await page.locator("#tx-code").innerText()).trim();
  return { pictures: [await pictureOf(page.locator(".qr"))], code };
}

/** A gate's screen and camera, at one place. */
export class Gate {
  readonly device: Device;
  readonly #url: string;
  readonly #language: Language;
  readonly #screens: Eyes;

  constructor(device: Device, { url, language, screens }: { url: string; language: Language; screens: Eyes }) {
    this.device = device;
    this.#url = url;
    this.#language = language;
    this.#screens = screens;
  }

  get page() {
    return this.device.page;
  }

  /** Shows a code of a place. */
  async ask(place: "door" | "bike" | "library"): Promise<readonly Picture[]> {
    const { page } = this;
    await this.device.see([nothing()]);
    await page.goto(`${this.#url}/?place=${place}&language=${this.#language}`);
    const pictures = await picturesOf(page.locator("canvas"));
    await this.#screens.look(page, `gate-01-${place}`);
    return pictures;
  }

  /** Holds a phone to the camera, and returns the gate's answer. */
  async read(phone: Phone, name: string): Promise<string> {
    await this.device.see(await picturesOf(phone.page.locator("canvas")));
    // A browser reads what is before its camera again when the camera is opened. The code that was scanned holds on.
    await this.page.reload();
    await this.page.locator(".verdict").waitFor();
    await this.#screens.look(this.page, name);
    return this.page.locator(".verdict").innerText();
  }

  /** Lets the gate fetch a bundle, again until its facts are of a block after that time of the chain, in seconds. */
  async takeFacts(after: number): Promise<void> {
    await this.page.goto(this.#url);
    await until("the gate has the facts of a newer block", async () => {
      await Promise.all([
        this.page.waitForResponse((response) => response.url().endsWith("/facts")),
        this.page.getByRole("button", { name: this.says("gate.take") }).click(),
      ]);
      return (await new GateSession(this.#url).factsAt()) > after;
    });
  }

  /** The request of a place as text, as a wallet in a browser of the same computer takes it. */
  async askByHand(place: "door" | "bike" | "library"): Promise<string> {
    await this.page.goto(`${this.#url}/?place=${place}&language=${this.#language}`);
    await this.page.getByText(this.says("gate.byHand")).click();
    // The page has the field before it has a request.
    const request = this.page.getByLabel(this.says("gate.requestText"));
    return until("the gate shows a request", async () => (await request.inputValue()) || undefined);
  }

  /** Enters a wallet's answer as text, and returns the gate's answer. */
  async readByHand({ page: phone }: Phone, name: string): Promise<string> {
    await phone.getByText(this.says("show.byHand")).click();
    const answer = await phone.getByLabel(this.says("show.text")).inputValue();
    await this.page.getByLabel(this.says("gate.answerText")).fill(answer);
    await this.page.getByRole("button", { name: this.says("gate.check") }).click();
    await this.page.locator(".verdict").waitFor();
    await this.#screens.look(this.page, name);
    return this.page.locator(".verdict").innerText();
  }

  says(key: TextKey): string {
    return wordsOf(this.#language)(key);
  }
}

/** A site that takes cards in place of passwords. */
export class Site {
  readonly #url: string;
  readonly #screens: Eyes;

  constructor(url: string, screens: Eyes) {
    this.#url = url;
    this.#screens = screens;
  }

  /** Shows a code on a PC, and two digits. */
  async showCode({ page }: Device): Promise<{ readonly pictures: readonly Picture[]; readonly digits: string }> {
    await page.goto(this.#url);
    await this.#screens.look(page, "site-01-login");
    await page.locator('form[action="/login/qr"] button').click();
    await page.locator("#digits").waitFor();
    await this.#screens.look(page, "site-02-code");
    const digits = (await page.locator("#digits").innerText()).trim();
    return { pictures: [await pictureOf(page.locator(".qr"))], digits };
  }

  /** Goes on from the wallet to the site's page on the phone, and types the digits. */
  async confirmOn({ page }: Phone, digits: string): Promise<void> {
    await page.getByRole("link").click();
    await page.locator("#typed").waitFor();
    await this.#screens.look(page, "site-03-digits");
    await page.fill("#typed", digits);
    await page.locator("form button").last().click();
    await page.locator(".done").waitFor();
  }

  /** Begins a log-in on the phone, which leads to its wallet. */
  async logInHere({ page }: Phone): Promise<void> {
    await page.goto(this.#url);
    await page.locator('form[action="/login/here"] button').click();
  }

  async expectIn(page: Device["page"], name: string): Promise<void> {
    await page.locator("#welcome").waitFor();
    await this.#screens.look(page, name);
  }
}
