import type { Address, Hex } from "../../../resolver/primitives/hex.ts";
import type { RegistryEvent, SubjectKind } from "../../../resolver/registry-event.ts";
import { shownLabel } from "../../../resolver/trust/label.ts";
import { type Evidence, evidenceOf } from "../past/evidence.ts";
import type { ChangeContext } from "./actors.ts";

/** The types of change of each kind of subject. */
export const CHANGE_TYPES = {
  did: ["owner", "delegate", "attribute"],
  type: ["typeAdded"],
  grant: ["granted", "accepted", "extended", "withdrawn"],
  list: ["created", "closed", "changed", "checkpoint"],
} as const satisfies { [K in SubjectKind]: readonly Extract<RegistryEvent, { kind: K }>["event"]["type"][] };
export type ChangeType = RegistryEvent["event"]["type"];

/** One entry of the log of changes. */
export interface Change extends Evidence {
  readonly kind: SubjectKind;
  readonly subject: Hex;
  readonly type: ChangeType;
  /** The account that authorised it; never a relayer. */
  readonly actor: Address;
  /**
   * The other members of the event; bitmaps are hexadecimal numbers. Times are Unix seconds, because a writer may choose
   * values outside of any calendar. A `validTo` of 0 is a revocation. `heals` is present, and true, when a revoked entry is
   * set again.
   */
  readonly details: Readonly<Record<string, unknown>>;
}

export function changeOf(event: RegistryEvent, { actor, heals }: ChangeContext): Change {
  const { kind, id: subject } = event;
  const details = { ...detailsOf(event), ...(heals && { heals }) };
  return { ...evidenceOf(event), kind, subject, type: event.event.type, actor, details };
}

function detailsOf({ event }: RegistryEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case "owner":
      return { owner: event.owner };
    case "delegate": {
      const { delegateType, delegate, validTo } = event;
      return { delegateType: shown(delegateType), delegate, validTo };
    }
    case "attribute": {
      const { name, value, validTo } = event;
      return { name: shown(name), value, validTo };
    }
    case "typeAdded": {
      const { uri, schemaUri, schemaHash } = event;
      return { uri, schemaUri, schemaHash };
    }
    case "granted": {
      const { typeId, subject, number, parent, notBefore, notAfter, mayGrant, label } = event;
      return { typeId, subject, number, parent, notBefore, notAfter, mayGrant, label: shownLabel(label) };
    }
    case "extended":
      return { notAfter: event.notAfter };
    case "withdrawn":
      return { from: event.from };
    case "created": {
      const { issuer, number, size, typeId, baseUri } = event;
      return { issuer, number: String(number), size, typeId, baseUri };
    }
    case "changed": {
      const { reason } = event;
      const changes = event.changes.map(({ word, revoke, suspend, reinstate }) => {
        return { word, revoke: bits(revoke), suspend: bits(suspend), reinstate: bits(reinstate) };
      });
      return { reason, changes };
    }
    case "checkpoint": {
      const { from, count, wordsHash, typeId, size, closed } = event;
      return { from, count, wordsHash, typeId, size, closed };
    }
    case "accepted":
    case "closed":
      return {};
  }
}

/** The text of a 32-byte name if all its characters are printable ASCII, otherwise its hex digits. */
function shown(name: Hex): string {
  const text = Buffer.from(name.slice(2).replace(/(?:00)+$/, ""), "hex").toString("latin1");
  return /^[\x21-\x7e]+$/.test(text) ? text : name;
}

function bits(mask: bigint): string {
  return `0x${mask.toString(16)}`;
}
