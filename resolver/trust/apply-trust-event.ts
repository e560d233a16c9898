import type { Moment } from "../did/apply-event.ts";
import { ChainDataError, HistoryIncompleteError } from "../errors.ts";
import { HEAD_KIND, headSeed, nextHead } from "../primitives/head.ts";
import { type Address, type Hash, type Hex, word, ZERO_HASH } from "../primitives/hex.ts";
import { keccak256, keccak256Text } from "../primitives/keccak.ts";
import type { GrantEvent, TypeAdded } from "./decode-trust-log.ts";

/** A credential type. */
export interface CredentialType {
  readonly typeId: Hash;
  readonly uri: string;
  readonly schemaUri: string;
  readonly schemaHash: Hash;
  readonly added: Moment;
  readonly head: Hash;
}

/** One grant after some of its events. Times are Unix seconds. Plain data: a store keeps its JSON. */
export interface GrantState {
  readonly grantId: Hash;
  readonly typeId: Hash;
  readonly subject: Address;
  readonly number: number;
  /** The grant above; `null` at a root. */
  readonly parent: Hash | null;
  readonly created: Moment;
  readonly notBefore: number;
  /** The first second that is no longer part of its validity. */
  readonly notAfter: number;
  readonly mayGrant: boolean;
  /** The bytes that were written, not checked: `shownGrant` returns the text that may be shown. */
  readonly label: Hex;
  readonly accepted: Moment | null;
  /** The first second in which it no longer holds because it was withdrawn. */
  readonly withdrawnFrom: number | null;
  /** Number of events folded. */
  readonly events: number;
  readonly head: Hash;
}

/** What the id of a grant is a hash of, so that no grant of another parent can have the same id. */
export interface GrantIdentity {
  readonly typeId: Hash;
  readonly subject: Address;
  /** The grant above; `null` at a root. */
  readonly parent: Hash | null;
  /** Counts the grants of this type to this subject, from 0. */
  readonly number: number;
}

/** The id of a grant. */
export function grantIdOf({ typeId, subject, parent, number }: GrantIdentity): Hash {
  return keccak256(typeId, word(subject), parent ?? ZERO_HASH, number);
}

/**
 * The type that an event adds.
 * @throws ChainDataError when its id is not the hash of its URI.
 */
export function applyTypeAdded(event: TypeAdded, chainId: number): CredentialType {
  const { typeId, uri, schemaUri, schemaHash, block, time, log } = event;
  if (keccak256Text(uri) !== typeId) throw new ChainDataError(`Type ${typeId} is not the hash of its URI ${uri}`);
  const seed = headSeed({ chainId, registry: log.address }, HEAD_KIND.credentialType, typeId);
  return { typeId, uri, schemaUri, schemaHash, added: { block, time }, head: nextHead(seed, log, time) };
}

/**
 * Folds one event into a grant's state; `undefined` is a grant that was never created. A pure function, shared by the node, the
 * library that reads a chain and an offline verifier.
 *
 * @throws HistoryIncompleteError when the event can't follow this state; ChainDataError when it contradicts itself.
 */
export function applyGrantEvent(state: GrantState | undefined, event: GrantEvent, chainId: number): GrantState {
  const { block, time, log, grantId } = event;
  if (event.type === "granted") {
    if (state !== undefined) throw unexpected(event, "the grant is there already");
    const { typeId, subject, number, parent, notBefore, notAfter, mayGrant, label } = event;
    if (grantIdOf(event) !== grantId) {
      throw new ChainDataError(
        `Grant ${grantId} is not number ${number} of type ${typeId} to its subject by its parent`,
      );
    }
    const seed = headSeed({ chainId, registry: log.address }, HEAD_KIND.grant, grantId);
    return {
      grantId,
      typeId,
      subject,
      number,
      parent,
      created: { block, time },
      notBefore,
      notAfter,
      mayGrant,
      label,
      accepted: null,
      withdrawnFrom: null,
      events: 1,
      head: nextHead(seed, log, time),
    };
  }
  if (state === undefined) throw unexpected(event, "there is no such grant");
  const next = { ...state, events: state.events + 1, head: nextHead(state.head, log, time) };
  if (event.type === "accepted") {
    if (state.accepted !== null) throw unexpected(event, "it was accepted before");
    return { ...next, accepted: { block, time } };
  }
  if (event.type === "extended") {
    if (event.notAfter <= state.notAfter) throw unexpected(event, `its end at ${state.notAfter} is not earlier`);
    return { ...next, notAfter: event.notAfter };
  }
  if (event.from < state.notBefore || event.from >= state.notAfter) {
    throw unexpected(event, `its end at ${event.from} is outside of its validity`);
  }
  if (event.from >= (state.withdrawnFrom ?? Number.POSITIVE_INFINITY)) {
    throw unexpected(event, `its end at ${event.from} is not before the end that there is`);
  }
  return { ...next, withdrawnFrom: event.from };
}

function unexpected({ grantId, block, log, type }: GrantEvent, why: string): HistoryIncompleteError {
  return new HistoryIncompleteError(
    `Log ${log.logIndex} of block ${block} (${type} of grant ${grantId}) can't follow what is known: ${why}`,
  );
}
