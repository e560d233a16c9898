import { createOpenid4vpAuthorizationResponse, submitOpenid4vpAuthorizationResponse } from "@openid4vc/openid4vp";
import { base64url, CompactEncrypt, importJWK, type JWK } from "jose";
import { type Claim, type Copy, unusedOf } from "../cards/card.ts";
import { CardError } from "../cards/card-error.ts";
import type { CardStore } from "../cards/card-store.ts";
import { quietFetch } from "../quiet-fetch.ts";
import type { Vault } from "../vault/vault.ts";
import type { Choice } from "./match.ts";
import { encryptionKeyOf, expectInTime, type PresentationRequest } from "./request.ts";
import { RequestError } from "./request-error.ts";
import { areSame, presentationOf, shownIn } from "./selection.ts";

/** An answer for a verifier: presentations by the id of the query that they answer. */
export type VpToken = Readonly<Record<string, readonly string[]>>;

/**
 * Creates the presentations. Each uses the oldest unused copy, and marks it as used before it leaves the phone. If none is
 * left, the last one is presented again, with the consent of the holder.
 *
 * @throws RequestError `REQUEST_EXPIRED`; CardError `CARD_USED_UP`; `CARD_CHANGED` when the copy would show something else than its holder saw.
 */
export async function present(
  vault: Vault,
  store: CardStore,
  { clientId, nonce, payload, did }: PresentationRequest,
  choices: readonly Choice[],
): Promise<VpToken> {
  // The holder may have read the request for longer than it is valid.
  expectInTime(payload, did);
  const token: Record<string, string[]> = {};
  for (const { id, card, disclosed } of choices) {
    const copy = await store.takeCopy(card, unusedOf(card).length === 0);
    token[id] = [await presentCopy(vault, copy, { audience: clientId, nonce, disclosed })];
  }
  return token;
}

async function presentCopy(
  vault: Vault,
  { key, text }: Copy,
  { audience, nonce, disclosed }: { audience: string; nonce: string; disclosed: readonly Claim[] },
): Promise<string> {
  const { privateKey } = await vault.key(key);
  const payload = { aud: audience, nonce, iat: Math.floor(Date.now() / 1_000) };
  const presentation = await presentationOf(text, disclosed, { privateKey, payload });
  if (areSame(shownIn(presentation), disclosed)) return presentation;
  throw new CardError("CARD_CHANGED", "This copy of the card shows something else than its holder agreed to");
}

/**
 * Encrypts the answer to the verifier's key and posts it (`direct_post.jwt`).
 * @returns the URL at which the browser continues; `undefined` when the verifier gives none.
 * @throws RequestError `REQUEST_UNREACHABLE`, `REQUEST_REFUSED`
 */
export async function post({ payload, did }: PresentationRequest, token: VpToken): Promise<string | undefined> {
  const request = payload as Parameters<typeof createOpenid4vpAuthorizationResponse>[0]["authorizationRequestPayload"];
  const made = await createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request,
    authorizationResponsePayload: { vp_token: token as never },
    jarm: {
      encryption: {
        jwk: encryptionKeyOf(payload, did) as never,
        nonce: base64url.encode(crypto.getRandomValues(new Uint8Array(16))),
      },
      serverMetadata: {
        authorization_signing_alg_values_supported: [],
        authorization_encryption_alg_values_supported: ["ECDH-ES"],
        authorization_encryption_enc_values_supported: ["A256GCM", "A128GCM"],
      },
    },
    callbacks: { fetch: quietFetch as never, signJwt: neverSigned, encryptJwe },
  });
  const sent = { ...made, authorizationRequestPayload: payload as { response_uri?: string } };
  const { response } = await reached(did, () =>
    submitOpenid4vpAuthorizationResponse({ ...sent, callbacks: { fetch: quietFetch as never } } as never),
  );
  return answerOf(response, did);
}

/**
 * Tells the verifier only that the holder declined (OpenID4VP 1.0, section 8.5). Errors of the verifier are ignored: the
 * holder's decision stands.
 */
export async function decline({ payload, did }: PresentationRequest): Promise<string | undefined> {
  const body = new URLSearchParams({ error: "access_denied" });
  if (typeof payload.state === "string") body.set("state", payload.state);
  try {
    return await answerOf(
      await reached(did, () => quietFetch(String(payload.response_uri), { method: "POST", body })),
      did,
    );
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}

async function reached<T>(did: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (cause) {
    throw new RequestError("REQUEST_UNREACHABLE", `Could not send the answer: ${(cause as Error).message}`, {
      cause,
      did,
    });
  }
}

async function answerOf(response: Response, did: string): Promise<string | undefined> {
  const body = (await response.json().catch(() => ({}))) as { redirect_uri?: unknown; error_description?: unknown };
  if (!response.ok) {
    const reason = String(body.error_description ?? "");
    throw new RequestError("REQUEST_REFUSED", `The verifier answered ${response.status}`, { did, reason });
  }
  const { redirect_uri: next } = body;
  // Only http and https links are followed, for example not `javascript:`.
  return typeof next === "string" && /^https?:\/\//.test(next) && URL.canParse(next) ? next : undefined;
}

function neverSigned(): never {
  throw new TypeError("An answer is encrypted, and signed by its key binding alone");
}

async function encryptJwe(
  { publicJwk, alg, enc, apu, apv }: { publicJwk: unknown; alg: string; enc: string; apu?: string; apv?: string },
  data: string,
) {
  const jwk = publicJwk as JWK;
  const encrypt = new CompactEncrypt(new TextEncoder().encode(data)).setProtectedHeader({
    alg,
    enc,
    ...(jwk.kid !== undefined && { kid: jwk.kid }),
    ...(apu !== undefined && { apu }),
    ...(apv !== undefined && { apv }),
  });
  return { encryptionJwk: publicJwk as never, jwe: await encrypt.encrypt(await importJWK(jwk, alg)) };
}
