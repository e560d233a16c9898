import assert from "node:assert/strict";

/** The desk's page, as a browser uses it. */
export class Desk {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  post(path: string, origin = this.url): Promise<Response> {
    return fetch(this.url + path, { method: "POST", headers: { origin } });
  }

  /** Makes an offer; what the QR and the code say. */
  async issue(person: number, configuration: string): Promise<{ readonly offerUri: string; readonly txCode: string }> {
    const answer = await this.post(`/people/${person}/issue/${configuration}`);
    const page = await answer.text();
    assert.equal(answer.status, 200, page);
    const [, offer = ""] = /data-offer="([^"]+)"/.exec(page) ?? [];
    const [, txCode = ""] = /id="tx-code">([0-9]{6})</.exec(page) ?? [];
    return { offerUri: new URL(offer.replaceAll("&#38;", "&")).searchParams.get("credential_offer_uri") ?? "", txCode };
  }

  async change(path: string): Promise<void> {
    const answer = await this.post(path);
    assert.equal(answer.status, 200, await answer.text());
  }
}
