import { createHash, randomBytes, randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import type { Card } from "../../../examples/mobile-id/wallet/page/cards/card.ts";
import { contentsOf } from "../../../examples/mobile-id/wallet/page/cards/receive.ts";

export const TYPE = "https://types.mapae.example/official-id/v1";
export const ISSUER = `did:mapae:local:0x${"a".repeat(40)}`;
const DAY = 86_400;

/** A claim that its holder may withhold; its value may have such claims too. */
export class Hidden {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

interface CopyOptions {
  readonly jwk?: JWK;
  readonly issuer?: string;
  /** Unix seconds; `null` for a card without an end. */
  readonly expires?: number | null;
}

const { privateKey } = await generateKeyPair("ES256");

/** One copy of a card as an SD-JWT VC (RFC 9901), of which each claim that is {@link Hidden} is a disclosure of its own. */
export async function copyText(claims: object, { jwk, issuer = ISSUER, expires }: CopyOptions = {}): Promise<string> {
  const disclosures: string[] = [];
  const signed = (object: object): object => {
    const digests: string[] = [];
    const open = Object.entries(object).flatMap(([name, value]) => {
      if (!(value instanceof Hidden)) return [[name, isGroup(value) ? signed(value) : value] as const];
      const inner = isGroup(value.value) ? signed(value.value) : value.value;
      const salt = randomBytes(16).toString("base64url");
      const disclosure = Buffer.from(JSON.stringify([salt, name, inner])).toString("base64url");
      disclosures.push(disclosure);
      digests.push(createHash("sha256").update(disclosure).digest("base64url"));
      return [];
    });
    return { ...Object.fromEntries(open), ...(digests.length > 0 && { _sd: digests }) };
  };
  const now = Math.floor(Date.now() / 1_000);
  const payload = {
    iss: issuer,
    iat: now,
    ...(expires !== null && { exp: expires ?? now + 14 * DAY }),
    vct: TYPE,
    cnf: { jwk: jwk ?? (await exportJWK((await generateKeyPair("ES256")).publicKey)) },
    ...signed(claims),
  };
  const header = { alg: "ES256", typ: "dc+sd-jwt", kid: `${issuer}#key-1` };
  const jwt = await new SignJWT(payload as never).setProtectedHeader(header).sign(privateKey);
  return `${[jwt, ...disclosures].join("~")}~`;
}

/** A card as the wallet stores it, with a copy for each text. */
export function cardOf(texts: readonly string[], more: Partial<Card> = {}): Card {
  const copies = texts.map((text) => ({ key: randomUUID(), text, used: false }));
  return {
    id: randomUUID(),
    ...contentsOf(copies),
    configuration: "official-id",
    issuerUrl: "http://localhost",
    name: { ko: "공무원증", en: "Official ID" },
    issuerName: { ko: "발급센터", en: "Issuing centre" },
    copies,
    renewal: null,
    receivedAt: Math.floor(Date.now() / 1_000),
    ...more,
  };
}

function isGroup(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
