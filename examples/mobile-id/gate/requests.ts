import { randomBytes } from "node:crypto";
import type { Signer } from "../../../node/issuing/signer.ts";
import type { PlacePolicy, PolicyName } from "./policies.ts";

/** Seconds for which a code can be answered; a new one is shown long before. */
const LIFE = 120;

/** Most codes with a pending answer: one is shown every twenty seconds. */
const MAX_WAITING = 100;

/** A request that a gate shows. */
export interface GateRequest {
  /** The text of the QR code. */
  readonly text: string;
  /** Unix time in seconds until which it can be answered. */
  readonly until: number;
}

/** A verifier: its policy and its signer. */
export interface Asker {
  readonly policy: PlacePolicy;
  readonly signer: Signer;
  readonly purpose: string;
}

/** The name of a gate that wallets put into the `aud` of a key binding. */
export function clientIdOf({ signer }: Pick<Asker, "signer">): string {
  return `decentralized_identifier:${signer.issuer}`;
}

/** Issues requests, and accepts each nonce once. A request is stored only as long as it can be answered. */
export class GateRequests {
  readonly #waiting = new Map<string, { readonly place: PolicyName; readonly until: number }>();
  readonly #now: () => number;
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * A signed request by value, because the phone has no network either. The answer comes back as a QR code, for which OpenID4VP
   * 1.0 has no response mode: `qr` is this example's own.
   */
  async make(asker: Asker): Promise<GateRequest> {
    const now = this.#now();
    for (const [nonce, { until }] of this.#waiting)
      if (until < now || this.#waiting.size >= MAX_WAITING) this.#waiting.delete(nonce);
    const nonce = randomBytes(32).toString("base64url");
    const until = now + LIFE;
    this.#waiting.set(nonce, { place: asker.policy.name, until });
    const clientId = clientIdOf(asker);
    const jwt = await signed(asker.signer, {
      client_id: clientId,
      aud: "https://self-issued.me/v2",
      response_type: "vp_token",
      response_mode: "qr",
      nonce,
      iat: now,
      exp: until,
      dcql_query: asker.policy.query,
      verifier_info: [{ format: "mapae_purpose", data: asker.purpose }],
    });
    return { text: `openid4vp://?${new URLSearchParams({ client_id: clientId, request: jwt })}`, until };
  }

  /** Whether the answer for this nonce is pending at this place; the call uses up the nonce. */
  take(nonce: string, place: PolicyName): boolean {
    const found = this.#waiting.get(nonce);
    this.#waiting.delete(nonce);
    const left = (found?.until ?? 0) - this.#now();
    // More is left only after the clock was set back.
    return found?.place === place && left >= 0 && left <= LIFE;
  }
}

/** A request object (RFC 9101) with the type that OpenID4VP requires. */
async function signed(signer: Signer, payload: object): Promise<string> {
  const header = { alg: signer.algorithm, typ: "oauth-authz-req+jwt", kid: signer.keyId };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const data = `${encode(header)}.${encode(payload)}`;
  return `${data}.${Buffer.from(await signer.sign(Buffer.from(data))).toString("base64url")}`;
}
