import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { type HeldCard, present, type VerifierRequest } from "./wallet.ts";

/** A gate's page, without a browser: what it asks of its program on the same machine. */
export class GateSession {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Holds a card to the gate. @returns its reason, `valid` where it opens. */
  async show(place: "door" | "bike" | "library", held: HeldCard): Promise<string> {
    const { text } = await this.#call<{ text: string }>("/requests", { place });
    const request = decodeJwt<VerifierRequest>(new URL(text).searchParams.get("request") ?? "");
    const [asked] = request.dcql_query.credentials;
    const answer = { vp_token: { [asked?.id ?? ""]: [await present(held, request)] } };
    return (await this.#call<{ reason: string }>("/answers", { place, text: JSON.stringify(answer) })).reason;
  }

  /** Lets the gate fetch a bundle: where its network is. @returns as of when its facts are then, in seconds. */
  async takeFacts(): Promise<number> {
    return (await this.#call<{ factsAt: number }>("/facts", {})).factsAt;
  }

  /** As of when its facts are, in seconds; 0 when it has none. */
  async factsAt(): Promise<number> {
    return (await this.#call<{ factsAt: number }>("/state", {})).factsAt;
  }

  async #call<T>(path: string, body: object): Promise<T> {
    const init = { method: "POST", headers: { origin: this.#url }, body: JSON.stringify(body) };
    const answer = await fetch(this.#url + path, init);
    const said = (await answer.json()) as T;
    assert.equal(answer.status, 200, JSON.stringify(said));
    return said;
  }
}
