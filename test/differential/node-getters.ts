import assert from "node:assert/strict";
import { RoleHolders, type WritingRole } from "../../node/audit/past/role-holders.ts";
import { ROLES } from "../../node/governance/roles.ts";
import { heldIndex, type LiveIndex } from "../../node/index/live-index.ts";
import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { entriesInForce } from "../../resolver/did/entries.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { type Address, type Hash, word, ZERO_ADDRESS, ZERO_HASH } from "../../resolver/primitives/hex.ts";
import type { StateOf, SubjectKind } from "../../resolver/registry-event.ts";
import { isAccredited, standingOf } from "../../resolver/trust/accreditation.ts";
import type { GrantState } from "../../resolver/trust/apply-trust-event.ts";
import { all } from "../helpers/all.ts";
import { DELEGATE_TYPES } from "../helpers/random-calls.ts";

/** A getter's arguments, and its result by what a node holds. */
export type Case = readonly [args: readonly unknown[], result: unknown];
/** Cases by the getter's name. */
export type Cases = Readonly<Record<string, readonly Case[]>>;

/** What a node holds, from which the results of getters follow. */
export interface Held {
  readonly index: LiveIndex & { roots(): Readonly<Record<"did" | "trust" | "status", Hash>> | undefined };
  readonly reader: ChainReader;
  readonly network: NetworkDescriptor;
  /** The accounts whose DIDs, delegates and roles are asked for. */
  readonly accounts: readonly Address[];
}

const NEVER = 2 ** 48 - 1;
const DAYS_36_525 = 36_525 * 86_400;

/** All states of a kind in an index. */
export async function statesOf<K extends SubjectKind>(index: LiveIndex, kind: K): Promise<StateOf<K>[]> {
  await using held = heldIndex(index);
  return (await held.ids(kind)).map((id) => held.state(kind, id) ?? assert.fail(`no ${kind} ${id}`));
}

/** What every registry answers about itself and its heads. */
function common(
  { index, network }: Held,
  registry: "did" | "trust" | "status",
  heads: readonly (readonly [Hash, Hash | undefined])[],
): Cases {
  const { forwarder } = network.deployments[0] ?? assert.fail();
  return {
    root: [[[], index.roots()?.[registry]]],
    head: heads.map(([subject, head]): Case => [[subject], head ?? ZERO_HASH]),
    trustedForwarder: [[[], forwarder.address]],
    isTrustedForwarder: [
      [[forwarder.address], true],
      [[network.deployments[0]?.registries.did.address], false],
    ],
  };
}

function constants(values: Readonly<Record<string, unknown>>): Cases {
  return Object.fromEntries(Object.entries(values).map(([name, value]): [string, Case[]] => [name, [[[], value]]]));
}

/** The getters of `DidRegistry`. */
export function didCases(held: Held): Cases {
  const { index, accounts } = held;
  const { time } = index.asOf() ?? assert.fail();
  const dids = accounts.map((who) => [who, index.state("did", who)] as const);
  return {
    ...common(
      held,
      "did",
      dids.map(([who, state]) => [word(who), state?.head]),
    ),
    ...constants({ MAX_VALUE_BYTES: 4_096, MAX_VALIDITY: DAYS_36_525, MAX_DELEGATES: 1_024 }),
    identityOwner: dids.map(([who, state]) => [[who], state?.deactivated ? ZERO_ADDRESS : (state?.owner ?? who)]),
    lastOwner: dids.map(([who, state]) => [[who], state?.owner ?? who]),
    deactivatedAt: dids.map(([who, state]) => [[who], state?.deactivated?.time ?? 0]),
    changed: dids.map(([who, state]) => [[who], state?.updated.block ?? 0]),
    validDelegate: dids.flatMap(([who, state]) => {
      const valid = state?.deactivated ? [] : entriesInForce(state?.entries ?? [], time);
      return DELEGATE_TYPES.flatMap((type) =>
        accounts.map((account): Case => {
          const isIn = valid.some((one) => one.kind === "delegate" && one.name === type && one.value === account);
          return [[who, type, account], isIn];
        }),
      );
    }),
  };
}

/** The getters of `StatusRegistry`. */
export async function statusCases(held: Held): Promise<Cases> {
  const { index, network } = held;
  const { did, trust } = network.deployments[0]?.registries ?? assert.fail();
  const lists = await statesOf(index, "list");
  const events = new Map(
    await Promise.all(lists.map(async ({ list }) => [list, await all(index.events("list", list))] as const)),
  );
  const blockOf = (list: Hash) => events.get(list)?.[0]?.block;
  const closedAt = (list: Hash) => events.get(list)?.find(({ type }) => type === "closed")?.time ?? 0;
  const pairOf = (list: Hash, at: number): [bigint, bigint] => {
    const { revoked, suspended } = index.chunk(list, at) ?? { revoked: 0n, suspended: 0n };
    return [revoked, suspended];
  };
  const parts = [
    [0, 3],
    [511, 1],
  ] as const;
  return {
    ...common(
      held,
      "status",
      lists.map(({ list, head }) => [list, head]),
    ),
    ...constants({ MIN_SIZE: 131_072, MAX_SIZE: 524_288, MAX_CHANGES: 512, MAX_MASKS: 600, MAX_BASE_URI_BYTES: 200 }),
    ...constants({ STATUS_DELEGATE: DELEGATE_TYPES[0], SUSPEND_DELEGATE: DELEGATE_TYPES[1] }),
    ...constants({ didRegistry: did.address, trustRegistry: trust.address }),
    listId: lists.map(({ list, origin }) => [[origin?.issuer, origin?.number], list]),
    listOf: [
      ...lists.map(({ list, origin, typeId, size, closed }): Case => {
        return [[list], [origin?.issuer, typeId, size, closed, blockOf(list), closedAt(list)]];
      }),
      [[ZERO_HASH], [ZERO_ADDRESS, ZERO_HASH, 0, false, 0, 0]],
    ],
    statusOf: lists.flatMap(({ list }) =>
      [0, 1, 2, 255, 256, 131_071].map((at): Case => {
        const [revoked, suspended] = pairOf(list, Math.floor(at / 256));
        const bit = 1n << BigInt(at % 256);
        return [
          [list, at],
          [(revoked & bit) !== 0n, (suspended & bit) !== 0n],
        ];
      }),
    ),
    words: lists.flatMap(({ list }) =>
      parts.map(([from, count]): Case => {
        const pairs = Array.from({ length: count }, (_, at) => pairOf(list, from + at));
        return [[list, from, count], pairs];
      }),
    ),
  };
}

/**
 * The getters of `TrustRegistry`, besides `grantOf` and `openGrants`, for which {@link storedGrant} and the grants that hold say
 * what they may return.
 */
export async function trustCases(held: Held): Promise<Cases> {
  const { index, accounts, network, reader } = held;
  const asOf = index.asOf() ?? assert.fail();
  const types = (await statesOf(index, "type")).sort((a, b) => a.added.block - b.added.block);
  const grants = await statesOf(index, "grant");
  const lookup = grantLookup(index);
  const pairs = types.flatMap(({ typeId }) => accounts.map((subject) => ({ typeId, subject })));
  const to = ({ typeId, subject }: Pick<GrantState, "typeId" | "subject">) =>
    grants
      .filter((one) => one.typeId === typeId && one.subject === subject)
      .sort((a, b) => a.number - b.number)
      .map(({ grantId }) => grantId);
  const acceptances = new Map<Hash, number>();
  for (const { grantId } of grants) {
    for await (const { type, log } of index.events("grant", grantId)) {
      if (type === "accepted") acceptances.set(grantId, 1_000 * log.blockNumber + log.logIndex);
    }
  }
  const accepted = (ids: readonly Hash[]) =>
    ids.filter((id) => acceptances.has(id)).sort((a, b) => Number(acceptances.get(a)) - Number(acceptances.get(b)));
  const roles = new RoleHolders(reader, network);
  const holders = async (name: WritingRole) => (await roles.of(name, asOf, "newest")).map(({ account }) => account);
  const hasRole = async (name: "admin" | "council" | "roots") => {
    const holding = await holders(name);
    return accounts.map((account): Case => [[ROLES.trust[name], account], holding.includes(account)]);
  };
  const [admin] = await holders("admin");
  return {
    ...common(held, "trust", [
      ...types.map(({ typeId, head }) => [typeId, head] as const),
      ...grants.map(({ grantId, head }) => [grantId, head] as const),
    ]),
    ...constants({ MAX_DEPTH: 4, MAX_OPEN_GRANTS: 8, MAX_URI_BYTES: 200, MAX_LABEL_BYTES: 96 }),
    ...constants({ MAX_VALIDITY: DAYS_36_525, MAX_WITHDRAWALS: 8, MAX_EXTENSIONS: 128 }),
    ...constants({ COUNCIL_ROLE: ROLES.trust.council, ROOTS_ROLE: ROLES.trust.roots, TYPES_ROLE: ROLES.trust.types }),
    ...constants({ DEFAULT_ADMIN_ROLE: ZERO_HASH, defaultAdmin: admin, owner: admin }),
    ...constants({ didRegistry: network.deployments[0]?.registries.did.address }),
    hasRole: [...(await hasRole("admin")), ...(await hasRole("council")), ...(await hasRole("roots"))],
    isType: [...types.map(({ typeId }): Case => [[typeId], true]), [[ZERO_HASH], false]],
    typeOf: [...types.map(({ typeId, added }): Case => [[typeId], added.block]), [[ZERO_HASH], 0]],
    typeIds: [[[0, 1_000], types.map(({ typeId }) => typeId)]],
    grantCount: pairs.map((pair) => [[pair.typeId, pair.subject], to(pair).length]),
    grantIds: pairs.flatMap((pair): Case[] => [
      [[pair.typeId, pair.subject, 0, 1_000], to(pair)],
      [[pair.typeId, pair.subject, 1, 2], to(pair).slice(1, 3)],
    ]),
    acceptedGrants: pairs.map((pair) => [[pair.typeId, pair.subject, 0, 1_000], accepted(to(pair))]),
    isAccredited: pairs.map((pair) => [[pair.typeId, pair.subject], isAccredited(lookup, to(pair), asOf.time)]),
    holds: grants.flatMap(({ grantId, notBefore, notAfter, withdrawnFrom, created }) => {
      const bounds = [notBefore, notAfter, withdrawnFrom ?? asOf.time, created.time, asOf.time];
      const moments = [...new Set(bounds.flatMap((at) => [at - 1, at]))];
      return moments.map((at): Case => [[grantId, at], standingOf(lookup, grantId, at).holds]);
    }),
  };
}

/** Grants and deactivations as an index has them. */
export function grantLookup(index: LiveIndex) {
  return {
    grant: (id: Hash) => index.state("grant", id),
    deactivatedAt: (subject: Address) => index.state("did", subject)?.deactivated?.time,
  };
}

/** The members of a grant in the contract's storage, besides the two counts of withdrawals. */
export async function storedGrant(index: LiveIndex, grant: GrantState) {
  const events = await all(index.events("grant", grant.grantId));
  const depthOf = ({ parent }: GrantState): number =>
    parent === null ? 1 : 1 + depthOf(index.state("grant", parent) ?? assert.fail());
  return {
    ...{ subject: grant.subject, typeId: grant.typeId, parent: grant.parent ?? ZERO_HASH, mayGrant: grant.mayGrant },
    ...{ createdAt: grant.created.time, createdBlock: grant.created.block, depth: depthOf(grant) },
    ...{ notBefore: grant.notBefore, notAfter: grant.notAfter, withdrawnFrom: grant.withdrawnFrom ?? NEVER },
    accepted: grant.accepted !== null,
    extensions: events.filter(({ type }) => type === "extended").length,
  };
}
