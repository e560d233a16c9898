import { INTERFACES } from "./interfaces.ts";

type Words = (...args: readonly string[]) => string;

/** The text for each error of the contracts. */
const WORDS: Readonly<Record<string, Words>> = {
  DidRegistryUnauthorized: (identity, actor) => `${actor} is not the owner of ${identity}`,
  DidRegistryDeactivated: (identity) => `${identity} was deactivated, forever`,
  DidRegistryValueTooLong: (length, most) => `the value has ${length} bytes, at most ${most} are allowed`,
  DidRegistryValidityTooLong: (validity, most) =>
    `a validity of ${validity} seconds is longer than ${most}, the longest allowed`,
  DidRegistryTooManyDelegates: (identity, most) =>
    `${identity} has ${most} delegates: revoke one first, those that ran out count too`,

  TrustRegistryUnknownType: (type) => `there is no credential type ${type}: mapae type show lists them`,
  TrustRegistryTypeExists: (type) => `credential type ${type} is there already; a new version needs another URI`,
  TrustRegistryInvalidUri: (uri) => `a URI is 1 to 200 printable ASCII characters, got ${JSON.stringify(uri)}`,
  TrustRegistryUnknownGrant: (grant) => `there is no grant ${grant}`,
  TrustRegistryUnauthorized: (grant, actor) => `${actor} may not do this to grant ${grant}`,
  TrustRegistryNotHolding: (grant) => `grant ${grant}, or a link above it, does not hold now`,
  TrustRegistryMayNotGrant: (grant) => `the subject of grant ${grant} may not grant on`,
  TrustRegistryTooDeep: (grant) => `a grant below ${grant} would be too deep`,
  TrustRegistryInvalidValidity: (from, to, earliest, latest) =>
    `a validity from ${from} to ${to} is empty, or not within ${earliest} and ${latest} (Unix seconds)`,
  TrustRegistryLabelTooLong: (length, most) => `the label has ${length} bytes, at most ${most} are allowed`,
  TrustRegistryAlreadyAccepted: (grant) => `grant ${grant} was accepted before`,
  TrustRegistryTooManyOpenGrants: (type, subject) =>
    `${subject} has eight grants of type ${type} that hold: withdraw one first`,
  TrustRegistryWithdrawalTooEarly: (grant, from, earliest) =>
    `grant ${grant} can be withdrawn from ${earliest} on, not from ${from} (Unix seconds)`,
  TrustRegistryAlreadyWithdrawn: (grant, from, end) =>
    `grant ${grant} ends at ${end} already, which ${from} is not before (Unix seconds)`,
  TrustRegistryWithdrawalTooLate: (grant, from, end) =>
    `grant ${grant} is over at ${end} by itself, which ${from} is not before (Unix seconds)`,
  TrustRegistryTooManyWithdrawals: (grant) =>
    `grant ${grant} was withdrawn as often as it can be: withdraw a grant above it, or ask the council`,
  TrustRegistryInvalidExtension: (grant, end, current, latest) =>
    `grant ${grant} can be extended to after ${current} and until ${latest}, not to ${end} (Unix seconds)`,
  TrustRegistryTooManyExtensions: (grant) => `grant ${grant} was extended as often as it can be: make a new grant`,

  CouncilSeatUnauthorized: (actor) => `${actor} does not hold the council's seat, and is no timelock of it`,
  CouncilSeatNoHolder: () => "the zero address can't hold the council's seat",

  StatusRegistryUnauthorized: (issuer, actor) =>
    `${actor} is neither the controller of ${issuer} nor its delegate for such a change`,
  StatusRegistryNotAccredited: (issuer, type) => `${issuer} is not accredited for credential type ${type} now`,
  StatusRegistryUnknownList: (list) => `there is no status list ${list}`,
  StatusRegistryListExists: (list) => `status list ${list} is there already: take another number`,
  StatusRegistryListClosed: (list) => `status list ${list} was closed before`,
  StatusRegistryInvalidSize: (size) => `a size is a multiple of 256 from 131072 to 524288, got ${size}`,
  StatusRegistryTooManyMasks: (masks, most) =>
    `it writes ${masks} words of bitmaps, at most ${most} fit into a transaction: send several`,
  StatusRegistryInvalidBaseUri: (length, most) => `a base URI has 1 to ${most} bytes, got ${length}`,

  TimelockUnexecutedPredecessor: (predecessor) => `operation ${predecessor} has to be executed before`,
  AccessControlUnauthorizedAccount: (account, role) => `${account} does not hold the role ${role}`,
  ERC2771ForwarderInvalidSigner: (signer, from) =>
    `the request was not signed by ${from} as it is (its nonce may be used); its signature is of ${signer}`,
  ERC2771ForwarderExpiredRequest: (deadline) => `the request's deadline, ${deadline}, is over (Unix seconds)`,
  ERC2771UntrustfulTarget: (target, forwarder) => `${target} does not trust the forwarder ${forwarder}`,
};

/**
 * A contract's refusal as text, with the name of its error.
 * @param data the revert data of the call.
 * @returns `undefined` when it is no error of Mapae's contracts.
 */
export function describeRefusal(data: string | null | undefined): string | undefined {
  if (!data || data === "0x") return undefined;
  for (const contract of Object.values(INTERFACES)) {
    const error = contract.parseError(data);
    if (error === null) continue;
    const args = error.args.map(String);
    const words = WORDS[error.name];
    return words === undefined ? `${error.signature} with ${args.join(", ")}` : `${words(...args)} (${error.name})`;
  }
  return undefined;
}
