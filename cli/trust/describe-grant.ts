import {
  type Address,
  type ChainSnapshot,
  chainSnapshot,
  formatDid,
  type Hash,
  shownLabel,
  withLinksAbove,
} from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import type { Registries } from "../transaction/contract-call.ts";
import { moment } from "../transaction/did-call.ts";

/** Most links from a grant up to its root (`MAX_DEPTH` of the trust registry). */
const MAX_LINKS = 4;

/** What somebody should know of a grant before they rely on it. Times are Unix seconds. */
export interface GrantTerms {
  readonly grantId: Hash;
  readonly typeId: Hash;
  readonly did: string;
  /** The official name that the grantor gave; `null` when there is none that may be shown. */
  readonly label: string | null;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly mayGrant: boolean;
}

/** What `grantOf` of the trust registry gives. */
interface Stored {
  readonly subject: string;
  readonly typeId: Hash;
  readonly parent: Hash;
  readonly notBefore: bigint;
  readonly notAfter: bigint;
  readonly mayGrant: boolean;
}

/**
 * The terms of a grant and of each link above it, the root last.
 * @throws CliError `NOT_FOUND`
 */
export async function readTerms(registries: Registries, grantId: Hash): Promise<GrantTerms[]> {
  const { trust, network } = registries;
  const snapshot = await chainSnapshot(network.reader, network.descriptor);
  const links: GrantTerms[] = [];
  for (let id: Hash | null = grantId; id !== null && links.length < MAX_LINKS; ) {
    const stored: Stored = await trust.getFunction("grantOf")(id);
    if (/^0x0+$/.test(stored.subject)) throw new CliError("NOT_FOUND", `There is no grant ${id}`);
    links.push({
      grantId: id,
      typeId: stored.typeId,
      did: formatDid(network.descriptor.name, stored.subject.toLowerCase() as Address),
      label: await readLabel(snapshot, id),
      notBefore: Number(stored.notBefore),
      notAfter: Number(stored.notAfter),
      mayGrant: stored.mayGrant,
    });
    id = /^0x0+$/.test(stored.parent) ? null : stored.parent;
  }
  return links;
}

async function readLabel(snapshot: ChainSnapshot, grantId: Hash): Promise<string | null> {
  const grant = (await withLinksAbove(snapshot, [grantId])).get(grantId);
  return grant === undefined ? null : shownLabel((await snapshot.wholeGrant(grant)).label);
}

/** A grant and what is above it, for a person. */
export function termsInWords([grant, ...above]: readonly GrantTerms[]): string {
  if (grant === undefined) return "";
  const named = ({ did, label }: GrantTerms) => `${did} (${label ?? "without a name that may be shown"})`;
  return [
    `grant ${grant.grantId}`,
    `  type         ${grant.typeId}`,
    `  to           ${named(grant)}`,
    `  holds        from ${moment(grant.notBefore)} to ${moment(grant.notAfter)}${grant.mayGrant ? ", may grant on" : ""}`,
    ...(above.length === 0 ? ["  from         governance: it is a root"] : []),
    ...above.map((link, at) => `  ${at === 0 ? "from " : "above"}        ${named(link)}`),
  ].join("\n");
}
