import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Expiring } from "../shared/expiring.ts";
import { CORS, HttpError, json, type Routes, readForm } from "../shared/http.ts";
import { html, languageOf, type Markup, page, qrCode, STYLE_ROUTE } from "../shared/page.ts";
import { isSame, newSecret } from "../shared/secrets.ts";
import { AnswerRefused, type LoginRequest, type LoginRequests, MAX_REQUESTS } from "./requests.ts";
import type { Sessions } from "./sessions.ts";
import { LOGIN_TEXTS, type Site } from "./sites.ts";

const SCRIPT = readFileSync(join(import.meta.dirname, "poll.js"));

export interface SiteParts {
  readonly url: string;
  readonly wallet: string;
  readonly requests: LoginRequests;
  readonly sessions: Sessions;
}

/** The pages and endpoints of a site. */
export function siteRoutes(site: Site, { url, wallet, requests, sessions }: SiteParts): Routes {
  /** Answers of phones for which the two digits have not been typed yet, by a secret of the phone's page. */
  const unconfirmed = new Expiring<LoginRequest>({ lifeMs: 120_000, most: MAX_REQUESTS });
  /** Requests that a phone answered, but whose digits have not been typed yet. */
  const waiting = new Expiring<true>({ lifeMs: 120_000, most: MAX_REQUESTS });
  const expectOwnPage = (request: Request) => {
    if (request.headers.get("origin") !== url) throw new HttpError(403, "This has to come from the site's own page");
  };
  const show = (
    request: Request,
    body: Markup,
    more: { status?: number; cookies?: string[]; script?: string } = {},
  ) => {
    const language = languageOf(request);
    return page({ language, title: site.texts[language].title, body, formsTo: [wallet], ...more });
  };
  const textsOf = (request: Request) => LOGIN_TEXTS[languageOf(request)];
  const seeOther = (location: string, cookies: readonly string[] = []) => {
    const headers = new Headers({ location, "cache-control": "no-store" });
    for (const cookie of cookies) headers.append("set-cookie", cookie);
    return new Response(null, { status: 303, headers });
  };
  /** A login begins with a new session, which prevents session fixation. */
  const begin = async (device: LoginRequest["device"]) => {
    const { session, cookie } = sessions.create();
    const login = await requests.begin(session.id, device);
    session.request = login.id;
    return { login, cookie };
  };
  const notice = (request: Request, text: string, status = 200) =>
    show(
      request,
      html`<p class="${status === 200 ? "done" : "error"}" role="${status === 200 ? "status" : "alert"}">${text}</p><p><a href="/">${textsOf(request).again}</a></p>`,
      { status },
    );

  return {
    ...STYLE_ROUTE,
    "GET /poll.js": () => new Response(SCRIPT, { headers: { "content-type": "text/javascript; charset=utf-8" } }),
    "GET /": (request) => {
      const { user } = sessions.find(request) ?? {};
      const own = site.texts[languageOf(request)];
      const texts = textsOf(request);
      if (user !== undefined) {
        return show(
          request,
          html`<p class="done" id="welcome">${own.welcome(user)}</p><form method="post" action="/logout"><button>${texts.logout}</button></form>`,
        );
      }
      return show(
        request,
        html`<p>${own.intro}</p><form method="post" action="/login/here"><button class="first">${texts.here}</button></form><p>${texts.hereHelp}</p>
<form method="post" action="/login/qr"><button>${texts.qr}</button></form><p>${texts.qrHelp}</p>`,
      );
    },
    "POST /login/here": async (request) => {
      expectOwnPage(request);
      const { login, cookie } = await begin("here");
      return seeOther(`${wallet}/authorize?${requests.parameters(login)}`, [cookie]);
    },
    "POST /login/qr": async (request) => {
      expectOwnPage(request);
      const { login, cookie } = await begin("phone");
      const texts = textsOf(request);
      const uri = `openid4vp://?${requests.parameters(login)}`;
      const body = html`<div id="waiting" data-request="${uri}"><p>${texts.scan}</p>${qrCode(uri, texts.scan)}
<p>${texts.code}: <strong class="code" id="digits">${login.digits}</strong></p><p>${texts.codeHelp}</p></div>
<p class="error" id="ended" role="alert" hidden>${texts.ended} <a href="/">${texts.again}</a></p>
<form method="post" action="/login/finish" id="finish"></form>`;
      return show(request, body, { cookies: [cookie], script: "/poll.js" });
    },
    "GET /login/state": (request) => {
      const session = sessions.find(request);
      const isWaiting =
        session?.request !== undefined &&
        (requests.find(session.request) ?? waiting.get(session.request)) !== undefined;
      return json(
        { state: session?.user !== undefined ? "done" : isWaiting ? "waiting" : "ended" },
        { headers: { "access-control-allow-origin": url } },
      );
    },
    "POST /login/finish": (request) => {
      expectOwnPage(request);
      const session = sessions.find(request);
      if (session?.user === undefined) return seeOther("/");
      sessions.end(session);
      return seeOther("/", [sessions.create(session.user).cookie]);
    },
    "POST /logout": (request) => {
      expectOwnPage(request);
      const session = sessions.find(request);
      if (session !== undefined) sessions.end(session);
      return seeOther("/");
    },
    "GET /requests/:id": (_request, { id = "" }) => {
      const login = requests.find(id);
      if (login === undefined)
        throw new HttpError(404, "There is no such request, it was answered, or its time is over");
      const type = "application/oauth-authz-req+jwt";
      return new Response(login.jwt, { headers: { "content-type": type, "cache-control": "no-store", ...CORS } });
    },
    "POST /responses/:id": async (request, { id = "" }) => {
      const { response, error, state } = await readForm(request);
      if (error !== undefined) {
        requests.decline(id, state);
        return json({});
      }
      try {
        const code = await requests.answer(id, response ?? "");
        waiting.set(id, true);
        return json({ redirect_uri: `${url}/return?${new URLSearchParams({ response_code: code })}` });
      } catch (refused) {
        if (!(refused instanceof AnswerRefused)) throw refused;
        return json({ error: "invalid_request", error_description: refused.reason }, { status: 400 });
      }
    },
    "GET /return": (request) => {
      const texts = textsOf(request);
      const login = requests.takeCode(new URL(request.url).searchParams.get("response_code") ?? "");
      if (login?.claims === undefined) return notice(request, texts.unknownCode, 403);
      if (login.device === "here") {
        const session = sessions.find(request);
        if (session?.id !== login.session) return notice(request, texts.otherSession, 403);
        sessions.end(session);
        return seeOther("/", [sessions.create(login.claims).cookie]);
      }
      const secret = newSecret();
      unconfirmed.set(secret, login);
      return show(
        request,
        html`<h2>${texts.confirm}</h2><p id="help">${texts.confirmHelp}</p><form method="post" action="/confirm"><input type="hidden" name="answer" value="${secret}">
<label for="typed">${texts.code}</label> <input id="typed" name="digits" inputmode="numeric" autocomplete="off" maxlength="2" required aria-describedby="help"> <button class="first">${texts.confirmButton}</button></form>`,
      );
    },
    "POST /confirm": async (request) => {
      expectOwnPage(request);
      const { answer = "", digits = "" } = await readForm(request);
      const texts = textsOf(request);
      // Wrong digits end the login: with a second try, one of fifty relayed logins would succeed.
      const login = unconfirmed.take(answer);
      const session = login && sessions.byId(login.session);
      waiting.take(login?.id ?? "");
      if (login?.claims === undefined || session === undefined) return notice(request, texts.unknownCode, 403);
      if (!isSame(digits.trim(), login.digits)) return notice(request, texts.wrongDigits, 403);
      session.user = login.claims;
      return notice(request, texts.confirmed);
    },
  };
}
