import {
  chainSnapshot,
  formatDid,
  type GrantFacts,
  type Hash,
  shownLabel,
  withLinksAbove,
} from "../../resolver/index.ts";
import { ZERO_HASH } from "../../resolver/primitives/hex.ts";
import { CliError } from "../terminal/errors.ts";
import type { OpenNetwork } from "../terminal/settings.ts";
import { moment } from "../values/time.ts";

/** The terms of a grant, to check before somebody relies on it. Times are in Unix seconds. */
export interface GrantTerms {
  readonly grantId: Hash;
  readonly typeId: Hash;
  readonly did: string;
  /** The official name from the grantor; `null` when it must not be shown. */
  readonly label: string | null;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly mayGrant: boolean;
}

/**
 * The terms of a grant and of each grant above it, the root last.
 * @throws CliError `NOT_FOUND`; UnavailableError when the chain can't be asked.
 */
export async function readTerms({ reader, descriptor }: OpenNetwork, grantId: Hash): Promise<GrantTerms[]> {
  const snapshot = await chainSnapshot(reader, descriptor);
  const known = await withLinksAbove(snapshot, [grantId]);
  if (!known.has(grantId)) throw new CliError("NOT_FOUND", `There is no grant ${grantId}`);
  const links: GrantFacts[] = [];
  for (let link = known.get(grantId); link !== undefined; link = known.get(link.parent ?? ZERO_HASH)) links.push(link);
  const whole = await Promise.all(links.map((link) => snapshot.wholeGrant(link)));
  return whole.map(({ grantId: id, typeId, subject, label, notBefore, notAfter, mayGrant }) => ({
    ...{ grantId: id, typeId, notBefore, notAfter, mayGrant },
    did: formatDid(descriptor.name, subject),
    label: shownLabel(label),
  }));
}

/** A grant and the grants above it, as text. */
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
