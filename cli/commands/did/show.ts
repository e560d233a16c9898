import { decodeBytes32String, toUtf8String } from "ethers";
import { RELATIONSHIP_OF } from "../../../resolver/did/attribute.ts";
import {
  type DidState,
  didDocument,
  type EntryHistory,
  type EntryKey,
  entryHistories,
  httpRpc,
  keyName,
  methodOf,
  readAttribute,
} from "../../../resolver/index.ts";
import { type AccountKind, accountInWords, kindOfAccount } from "../../did/account-kind.ts";
import { type Healing, type OtherRevocation, otherRevocations, revocationsOf } from "../../did/healing.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { existing, type OpenDid, openDid } from "../../transaction/did-call.ts";
import { moment } from "../../values/time.ts";

/** One entry as it is printed. */
interface ShownEntry {
  readonly kind: "key" | "service" | "alsoKnownAs" | "delegate" | "without effect";
  /** The fragment of its id in the DID document, or its name in the registry when it has no id. */
  readonly id: string;
  readonly about: string;
  readonly status: "valid" | "ended" | "revoked";
  /** Last valid second in Unix time; 0 when revoked. */
  readonly validTo: number;
  /** Whether it is in the DID document now: it is valid and has an effect, and no other entry has its id. */
  readonly inDocument: boolean;
  /** The blocks in which it was revoked and then set again, which made it valid again for every moment; otherwise `null`. */
  readonly healed: Healing | null;
  /** Another entry of the same key or delegate is revoked, which makes it bad for every moment; otherwise `null`. */
  readonly revokedByOther: OtherRevocation | null;
}

/** `mapae did show` */
export const addDidShow: AddCommand = (parent, terminal) => {
  parent
    .command("show <did>")
    .description("show what the registry holds of a DID: owner, every entry with its validity, versions")
    .addHelpText(
      "after",
      `
Read straight from the chain, and checked against the head that the contract holds. Entries that ran out or were revoked
are shown too; mapae resolve gives the DID document.

Example:
  $ mapae did show did:mapae:local:0x…`,
    )
    .action(async (did: string, _options: object, command) => {
      const call = callOf(terminal, command);
      const opened = await openDid(call, did);
      const state = existing(opened);
      const { reader, rpcUrl } = opened.network;
      const account = await kindOfAccount(reader, httpRpc({ url: rpcUrl }), state.owner);
      const { kind: ownerKind, ...ownerFacts } = account;
      const now = Math.max(opened.asOf.time, Math.floor(Date.now() / 1_000));
      const revocations = revocationsOf(opened.events);
      const others = otherRevocations(opened.events);
      const inDocument = documentAt(opened, state, now);
      const entries = entryHistories(opened.events).map((entry) => {
        const shown = show(entry, now);
        const revokedByOther = others(entry);
        const healed = revokedByOther === null ? revocations(entry).healed : null;
        return { ...shown, inDocument: inDocument(entry, shown), healed, revokedByOther };
      });
      const versions = [...new Set(opened.events.map((event) => event.block))];
      const { owner, created, updated, deactivated } = state;
      call.out.answer(
        { did, owner, ownerKind, ...ownerFacts, created, updated, deactivated, versions, entries, asOf: opened.asOf },
        describe(opened, { state, account, entries, versions }),
      );
    });
};

/** Whether an entry is in the DID document at a moment. */
function documentAt({ did, network }: OpenDid, state: DidState, at: number) {
  if (state.deactivated !== null) return () => false;
  const { chainId } = network.descriptor;
  const { document } = didDocument({ did: did.did, chainId, state, at });
  const methods = new Set(document.verificationMethod.map((method) => method.id));
  return (entry: EntryKey, { kind, id, status }: Pick<ShownEntry, "kind" | "id" | "status">) => {
    if (status !== "valid" || kind === "without effect") return false;
    if (kind === "delegate") return methodOf(entry) !== undefined;
    if (kind !== "service") return true;
    const isReplaced = !state.entries.some((one) => one.name === entry.name && one.value === entry.value);
    return !isReplaced && !methods.has(`${did.did}${id}`);
  };
}

function show(entry: EntryHistory, now: number): Omit<ShownEntry, "healed" | "inDocument" | "revokedByOther"> {
  const validTo = entry.changes.at(-1)?.validTo ?? 0;
  const status = validTo === 0 ? "revoked" : validTo < now ? "ended" : "valid";
  return { ...meaningOf(entry), status, validTo };
}

function meaningOf(entry: EntryKey): Pick<ShownEntry, "kind" | "id" | "about"> {
  const id = printable(() => decodeBytes32String(entry.name)) ?? entry.name;
  if (entry.kind === "delegate") return { kind: "delegate", id: `#delegate-${entry.value.slice(2)}`, about: id };
  const method = methodOf(entry);
  if (method?.jwk !== undefined) {
    return {
      kind: "key",
      id: `#${method.fragment}`,
      about: `${keyName(method.jwk)} ${RELATIONSHIP_OF[method.purpose]}`,
    };
  }
  const attribute = readAttribute(entry);
  if (attribute?.kind === "alsoKnownAs") return { kind: "alsoKnownAs", id, about: attribute.uri };
  if (attribute?.kind === "service") {
    const about = `${attribute.type} ${JSON.stringify(attribute.endpoint)}`;
    return { kind: "service", id: `#${attribute.fragment}`, about };
  }
  const value = printable(() => toUtf8String(entry.value)) ?? entry.value;
  return { kind: "without effect", id, about: value.length > 80 ? `${value.slice(0, 80)}…` : value };
}

/** Text that can be printed on a terminal; `undefined` otherwise. Anybody may have written it. */
function printable(decode: () => string): string | undefined {
  let text: string;
  try {
    text = decode();
  } catch {
    return undefined; // no UTF-8: shown in hex
  }
  return /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(text) ? text : undefined;
}

interface Facts {
  readonly state: DidState;
  readonly account: AccountKind;
  readonly entries: readonly ShownEntry[];
  readonly versions: readonly number[];
}

function describe({ did, asOf }: OpenDid, { state, account, entries, versions }: Facts): string {
  const { owner, created, updated, deactivated } = state;
  return [
    did.did,
    `  ${deactivated ? "last owner " : "owner      "} ${owner} (${accountInWords(account)})`,
    `  created     ${moment(created.time)}, block ${created.block}`,
    `  updated     ${moment(updated.time)}, block ${updated.block}`,
    ...(deactivated ? [`  deactivated ${moment(deactivated.time)}, block ${deactivated.block}, forever`] : []),
    `  versions    ${versions.join(", ")}`,
    `  as of       ${moment(asOf.time)}, block ${asOf.number}`,
    ...entries.flatMap(({ kind, id, about, status, validTo, inDocument, healed, revokedByOther }) => [
      `  ${kind} ${id}`,
      `    ${about}`,
      `    ${status === "revoked" ? "revoked" : `${status === "valid" ? "valid until" : "ended"} ${moment(validTo)}`}`,
      ...(kind === "service" && status === "valid" && !inDocument && !deactivated
        ? ["    not in the DID document: a service that was set later, or a key, has the same id"]
        : []),
      ...(healed ? [`    healed: revoked in block ${healed.revoked}, set again in block ${healed.set}`] : []),
      ...(revokedByOther && status !== "revoked"
        ? [
            `    bad for every date all the same: it was revoked for ${revokedByOther.purpose} in block ${revokedByOther.block}`,
          ]
        : []),
    ]),
  ].join("\n");
}
