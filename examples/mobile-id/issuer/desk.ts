import type { ExampleConfig } from "../shared/config.ts";
import { HttpError, type Routes } from "../shared/http.ts";
import { html, languageOf, type Markup, page, qrCode, STYLE_ROUTE } from "../shared/page.ts";
import { DESK_TEXTS, type DeskTexts } from "./desk-texts.ts";
import type { Configuration } from "./roll.ts";
import { CONFIGURATIONS, cardsFor, isConfiguration, type Person, type Roll } from "./roll.ts";
import type { Statuses } from "./statuses.ts";
import type { Wallets } from "./wallets.ts";

export interface DeskParts {
  readonly roll: Roll;
  readonly statuses: Statuses;
  readonly wallets: Wallets;
  /** Creates and publishes a new key, and signs with it from then on. */
  readonly rotate: (configuration: Configuration) => Promise<void>;
}

type Done = keyof DeskTexts["done"];

/**
 * The desk, on a listener of its own that only staff can reach. It has no accounts: a proxy in front of it has to control the
 * access. Changes are accepted only from its own page.
 */
export function deskRoutes({ urls }: ExampleConfig, { roll, statuses, wallets, rotate }: DeskParts): Routes {
  const person = (id = ""): Person => {
    const found = /^[0-9]{1,9}$/.test(id) ? roll.person(Number(id)) : undefined;
    if (found === undefined) throw new HttpError(404, "There is no such person on the roll");
    return found;
  };
  const changeState = ({ id, state }: Person, from: readonly Person["state"][], to: Person["state"]) => {
    if (!roll.change(id, { from, to }))
      throw new HttpError(409, `This person is ${state}, wanted ${from.join(" or ")}`);
  };
  const expectOwnPage = (request: Request) => {
    if (request.headers.get("origin") !== urls.desk)
      throw new HttpError(403, "A change has to come from the desk's page");
  };
  const rollPage = (request: Request, notice: Markup | undefined, status = 200) => {
    const language = languageOf(request);
    const texts = DESK_TEXTS[language];
    const rows = roll.all().map((one) => rowOf(one, statuses.live(one), texts));
    const body = html`${notice}<h2>${texts.roll}</h2>
<table><thead><tr>${texts.columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table>
<p>${texts.waiting(statuses.waiting())} ${button("/send", texts.send)}</p>
<h2>${texts.keys}</h2><ul>${CONFIGURATIONS.map(
      (one) => html`<li>${texts.cards[one]} ${button(`/rotate/${one}`, texts.rotate, { of: texts.cards[one] })}</li>`,
    )}</ul>`;
    return page({ language, title: texts.title, body, status });
  };
  /** Makes a change and shows the roll with its outcome. */
  const act = async (request: Request, done: Done, change: () => Promise<void> | void): Promise<Response> => {
    expectOwnPage(request);
    const texts = DESK_TEXTS[languageOf(request)];
    try {
      await change();
      return rollPage(request, html`<p class="done" role="status">${texts.done[done]}</p>`);
    } catch (error) {
      if (error instanceof HttpError) throw error;
      console.error(`The desk failed to ${done}: ${error instanceof Error ? error.message.split("\n")[0] : ""}`);
      return rollPage(request, html`<p class="error" role="alert">${texts.failed}</p>`, 502);
    }
  };

  return {
    ...STYLE_ROUTE,
    "GET /": (request) => rollPage(request, undefined),
    "POST /people/:id/issue/:configuration": (request, { id, configuration }) => {
      expectOwnPage(request);
      const one = person(id);
      if (!isConfiguration(configuration) || !cardsFor(one).includes(configuration)) {
        throw new HttpError(409, "This person gets no such card now");
      }
      const language = languageOf(request);
      return offerPage(language, { texts: DESK_TEXTS[language], urls, one, configuration, wallets });
    },
    "POST /people/:id/lost": (request, { id }) =>
      act(request, "lost", async () => {
        statuses.end(person(id));
        await statuses.send();
      }),
    "POST /people/:id/suspend": (request, { id }) =>
      act(request, "suspend", async () => {
        changeState(person(id), ["active", "suspended"], "suspended");
        await statuses.change("suspend", person(id));
      }),
    "POST /people/:id/reinstate": (request, { id }) =>
      act(request, "reinstate", async () => {
        if (person(id).state !== "suspended") throw new HttpError(409, "This person is not suspended");
        await statuses.change("reinstate", person(id));
        // Somebody may have recorded in the meantime that the person left.
        changeState(person(id), ["suspended"], "active");
      }),
    "POST /people/:id/resign": (request, { id }) =>
      act(request, "resign", () => {
        changeState(person(id), ["active", "suspended", "left"], "left");
        statuses.end(person(id));
      }),
    "POST /send": (request) => act(request, "send", () => statuses.send()),
    "POST /rotate/:configuration": (request, { configuration }) =>
      act(request, "rotate", async () => {
        if (!isConfiguration(configuration)) throw new HttpError(404, "There is no such card");
        await rotate(configuration);
      }),
  };
}

function button(action: string, text: string, { of = "", kind = "" } = {}): Markup {
  return html`<form method="post" action="${action}"><button class="${kind}" aria-label="${`${text} ${of}`.trim()}">${text}</button></form>`;
}

function rowOf(person: Person, live: number, texts: DeskTexts): Markup {
  const { id, name: of, state } = person;
  const path = `/people/${id}`;
  const changes = [
    state === "active" && button(`${path}/lost`, texts.lost, { of, kind: "danger" }),
    state === "active" && button(`${path}/suspend`, texts.suspend, { of }),
    state === "suspended" && button(`${path}/reinstate`, texts.reinstate, { of }),
    state !== "left" && button(`${path}/resign`, texts.resign, { of, kind: "danger" }),
  ];
  const issue = cardsFor(person).map((one) => button(`${path}/issue/${one}`, texts.cards[one], { of, kind: "first" }));
  return html`<tr><th scope="row">${of}</th><td>${texts.states[state]}</td><td>${live}</td><td>${issue}</td><td>${changes}</td></tr>`;
}

function offerPage(
  language: "ko" | "en",
  parts: { texts: DeskTexts; urls: ExampleConfig["urls"]; one: Person; configuration: Configuration; wallets: Wallets },
): Response {
  const { texts, urls, one, configuration, wallets } = parts;
  const { id, txCode } = wallets.offer(one, configuration);
  const offerUri = encodeURIComponent(`${urls.issuer}/offers/${id}`);
  const uri = `openid-credential-offer://?credential_offer_uri=${offerUri}`;
  const link = `${urls.wallet}/offer?credential_offer_uri=${offerUri}`;
  const body = html`<h2>${texts.offerFor(one.name, texts.cards[configuration])}</h2>
<p>${texts.scan}</p>${qrCode(uri, texts.qr)}
<p><a class="button first" id="offer" data-offer="${uri}" href="${link}" target="_blank" rel="noopener">${texts.open}</a></p>
<p>${texts.code}: <strong class="code" id="tx-code">${txCode}</strong></p><p>${texts.codeHelp}</p>
<p><a href="/">${texts.back}</a></p>`;
  return page({ language, title: texts.title, body });
}
