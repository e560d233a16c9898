import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import { SUITES } from "../../resolver/status/signed/data-integrity.ts";
import { tagOf } from "../http/answer.ts";
import type { Signer } from "../issuing/signer.ts";
import { ListEncodings } from "./list-encodings.ts";
import { makeStatusCredential, makeStatusVcJwt } from "./make-credential.ts";
import { LIFETIME, makeStatusCwt, makeStatusJwt, type TokenInput, TTL } from "./make-token.ts";

/** What of a list can be asked for: the token of both purposes, or the credential of one. */
export type ListPart = "token" | "revocation" | "suspension";

/** Media types of each part; the first is what anybody gets who does not say. */
export const MEDIA_TYPES = {
  token: ["application/statuslist+jwt", "application/statuslist+cwt"],
  revocation: ["application/vc", "application/vc+jwt", "application/ld+json", "application/json"],
  suspension: ["application/vc", "application/vc+jwt", "application/ld+json", "application/json"],
} as const satisfies Record<ListPart, readonly string[]>;
export type MediaType = (typeof MEDIA_TYPES)[ListPart][number];

/** A signed list, as the bytes that are sent. */
export interface SignedList {
  readonly bytes: Buffer;
  readonly etag: string;
  /** Unix time in seconds of the block that it holds as of. */
  readonly issuedAt: number;
  readonly keyId: string;
  /** Counts the list's changes before it was signed. */
  readonly version: number;
}

/** Whether a signer can sign a part in a media type: a Data Integrity proof needs a suite of its algorithm. */
export function canSign({ algorithm }: Signer, part: ListPart, type: MediaType): boolean {
  return part === "token" || type.endsWith("jwt") || SUITES[algorithm] !== undefined;
}

/** Who signs, and as of which block. */
export type Signing = Pick<TokenInput, "uri" | "asOf" | "signer">;

/** One list that is served: its encodings, and what was signed of them. */
export class ServedList {
  readonly #encodings: ListEncodings;
  readonly #signed = new Map<string, SignedList>();
  #version = 0;

  constructor(chunks: Iterable<readonly [number, StatusChunk]>, size: number) {
    this.#encodings = new ListEncodings(chunks, size);
  }

  write(index: number, chunk: StatusChunk): void {
    this.#encodings.write(index, chunk);
    this.#version++;
  }

  /** What was signed last, fresh or not. */
  latest(part: ListPart, type: MediaType): SignedList | undefined {
    return this.#signed.get(part + formOf(type));
  }

  /** Whether nothing better can be signed: the same statuses, by the same key, no older than a copy may be kept. */
  isFresh(signed: SignedList, { asOf, signer }: Signing): boolean {
    const { version, keyId, issuedAt } = signed;
    return version === this.#version && keyId === signer.keyId && issuedAt <= asOf.time && asOf.time < issuedAt + TTL;
  }

  /** Signs the list as it is now. */
  async sign(part: ListPart, type: MediaType, signing: Signing): Promise<SignedList> {
    const version = this.#version;
    const bytes = Buffer.from(await this.#make(part, type, signing));
    const etag = `"${tagOf(bytes)}"`;
    const signed = { bytes, etag, issuedAt: signing.asOf.time, keyId: signing.signer.keyId, version };
    this.#signed.set(part + formOf(type), signed);
    return signed;
  }

  #make(part: ListPart, type: MediaType, signing: Signing): Promise<string | Uint8Array> {
    const input = { ...signing, compressed: this.#encodings.compressed(part) };
    if (part === "token") return type.endsWith("cwt") ? makeStatusCwt(input) : makeStatusJwt(input);
    const credential = { ...input, uri: `${signing.uri}/${part}`, purpose: part };
    return type.endsWith("jwt") ? makeStatusVcJwt(credential) : makeStatusCredential(credential);
  }
}

/** First second in which a signed list is not to be served any more, and the one from which on its operator is warned. */
export function endOf({ issuedAt }: SignedList): { expires: number; halfLife: number } {
  return { expires: issuedAt + LIFETIME, halfLife: issuedAt + LIFETIME / 2 };
}

/** JSON is one form, under whatever name it is asked for. */
function formOf(type: MediaType): string {
  return type.endsWith("jwt") || type.endsWith("cwt") ? type : "json";
}
