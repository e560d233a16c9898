import assert from "node:assert/strict";
import { BrowserSession } from "./browser-session.ts";
import { type HeldCard, present, readRequest, respond, type Wrong } from "./wallet.ts";

/** Begins a login for a wallet in the same browser, and gives the address of its request. */
export async function beginHere(browser: BrowserSession): Promise<string> {
  const location = (await browser.post("/login/here")).headers.get("location") ?? "";
  const { pathname, searchParams } = new URL(location);
  assert.equal(pathname, "/authorize");
  return searchParams.get("request_uri") ?? "";
}

/** Begins a login at a site, as a link that a wallet opens. */
export async function requestAt(url: string, did = ""): Promise<string> {
  const requestUri = await beginHere(new BrowserSession(url));
  return `openid4vp://?${new URLSearchParams({ client_id: `decentralized_identifier:${did}`, request_uri: requestUri })}`;
}

/** Answers a request with a card. */
export async function answerTo(requestUri: string, held: HeldCard, wrong: Wrong = {}): Promise<Response> {
  const request = await readRequest(requestUri);
  return respond(request, await present(held, request, wrong), wrong);
}

/** Status and reason of an answer that was refused. */
export async function reasonOf(answer: Response): Promise<[number, unknown]> {
  return [answer.status, ((await answer.json()) as { error_description: unknown }).error_description];
}
