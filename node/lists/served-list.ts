import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import { SUITES } from "../../resolver/status/signed/data-integrity.ts";
import { tagOf } from "../http/answer.ts";
import type { Signer } from "../issuing/signer.ts";
import { ListEncodings } from "./list-encodings.ts";
import { makeStatusCredential, makeStatusVcJwt } from "./make-credential.ts";
import { LIFETIME, makeStatusCwt, makeStatusJwt, type TokenInput, TTL } from "./make-token.ts";

/** The parts of a list: the token for both purposes, or the credential for one. */
export type ListPart = "token" | "revocation" | "suspension";

/** Media types of each part; the first is the default. */
export const MEDIA_TYPES = {
  token: ["application/statuslist+jwt", "application/statuslist+cwt"],
  revocation: ["application/vc", "application/vc+jwt", "application/ld+json", "application/json"],
  suspension: ["application/vc", "application/vc+jwt", "application/ld+json", "application/json"],
} as const satisfies Record<ListPart, readonly string[]>;
export type MediaType = (typeof MEDIA_TYPES)[ListPart][number];

/** A signed list with its encoded bytes. */
export interface SignedList {
  readonly bytes: Buffer;
  readonly etag: string;
  /** Time of the block as of which it holds, in Unix seconds. */
  readonly issuedAt: number;
  readonly keyId: string;
  /** Number of changes of the list before it was signed. */
  readonly version: number;
}

/** Whether a signer can sign a part in a media type: a Data Integrity proof needs a suite for its algorithm. */
export function canSign({ algorithm }: Signer, part: ListPart, type: MediaType): boolean {
  return part === "token" || type.endsWith("jwt") || SUITES[algorithm] !== undefined;
}

/** Signer, block and URI of a signature. */
export type Signing = Pick<TokenInput, "uri" | "asOf" | "signer">;

/** A list that is served: its encodings, and the signed forms. */
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

  /** The last signed form, even when it is not fresh. */
  latest(part: ListPart, type: MediaType): SignedList | undefined {
    return this.#signed.get(part + formOf(type));
  }

  /**
   * Whether a signed form can be served without signing again: the same statuses, signed by the same key, and younger than
   * {@link TTL}.
   */
  isFresh(signed: SignedList, { asOf, signer }: Signing): boolean {
    const { version, keyId, issuedAt } = signed;
    return version === this.#version && keyId === signer.keyId && issuedAt <= asOf.time && asOf.time < issuedAt + TTL;
  }

  /** Signs the current list. */
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

/** The moments from which on a signed list is no longer served, and its operator is warned, in Unix seconds. */
export function endOf({ issuedAt }: SignedList): { expires: number; halfLife: number } {
  return { expires: issuedAt + LIFETIME, halfLife: issuedAt + LIFETIME / 2 };
}

/** Key of the signed form of a media type: all types of JSON share one. */
function formOf(type: MediaType): string {
  return type.endsWith("jwt") || type.endsWith("cwt") ? type : "json";
}
