/** A browser's cookies of one site, without a browser. */
export class BrowserSession {
  readonly url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string) {
    this.url = url;
  }

  async get(path: string): Promise<Response> {
    return this.#keep(await fetch(new URL(path, this.url), { headers: this.#headers(), redirect: "manual" }));
  }

  async post(path: string, fields: Record<string, string> = {}, origin = this.url): Promise<Response> {
    const headers = { ...this.#headers(), origin };
    const init = { method: "POST", headers, body: new URLSearchParams(fields), redirect: "manual" } as const;
    return this.#keep(await fetch(new URL(path, this.url), init));
  }

  /** What the page at `/` says to whoever is logged in. */
  async welcome(): Promise<string | undefined> {
    return /id="welcome">([^<]*)</.exec(await (await this.get("/?lang=en")).text())?.[1];
  }

  #headers() {
    return { cookie: [...this.#cookies].map((pair) => pair.join("=")).join("; ") };
  }

  #keep(answer: Response): Response {
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const [name = "", value = ""] = pair.split("=");
      this.#cookies.set(name, value);
    }
    return answer;
  }
}
