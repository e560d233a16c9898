import assert from "node:assert/strict";
import { type BaseContract, type TransactionResponse, ZeroAddress } from "ethers";
import fc from "fast-check";
import { ROLES } from "../../node/governance/roles.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { StateOf, SubjectKind } from "../../resolver/registry-event.ts";
import { label, now, setNextTime } from "./contracts.ts";
import { signRequest } from "./forwarder.ts";
import { type Account, DAY } from "./grants.ts";
import { ALL, BASE_URI, change, REASON, type Registries, SCHEMA_HASH, SCHEMA_URI, SIZE } from "./registries.ts";

/** The types of delegates that {@link randomCall} adds: two that the status registry knows, one of keys, one unknown. */
export const DELEGATE_TYPES = ["status", "suspend", "veriKey", "other"].map(label);

const number = fc.nat({ max: 60 });
const days = fc.integer({ min: -20, max: 20 }).map(BigInt);
const mask = fc.constantFrom(0n, 1n, 0b110n, 1n << 255n, ALL);

/** How often each call is made, among 100. */
const WEIGHTS = {
  ...{ changeOwner: 5, deactivate: 1, addDelegate: 8, revokeDelegate: 4, setAttribute: 3, revokeAttribute: 2 },
  ...{ addType: 2, grantRoot: 8, grant: 12, accept: 16, extend: 5, withdraw: 6, giveRole: 3, takeRole: 3, admin: 2 },
  ...{ createList: 5, close: 1, update: 10, checkpoint: 2, wait: 4 },
} as const;
type Name = keyof typeof WEIGHTS;

/** One call of a registry, whether or not the contract allows it: its numbers choose among what exists then. */
export const randomCall = fc.record({
  call: fc.oneof(
    ...(Object.keys(WEIGHTS) as Name[]).map((name) => ({ weight: WEIGHTS[name], arbitrary: fc.constant(name) })),
  ),
  /** The account that sends it; mostly the one that may. */
  by: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: number }),
  to: number,
  pick: number,
  start: days,
  end: days,
  masks: fc.tuple(mask, mask, mask),
  /** Itself, signed for a relayer, or twice in one transaction. */
  how: fc.constantFrom("sent", "sent", "relayed", "twice"),
});
export type RandomCall = typeof randomCall extends fc.Arbitrary<infer T> ? T : never;

/** What exists, by which a call is chosen. */
export interface Existing {
  readonly types: readonly Hash[];
  readonly ids: Readonly<Record<"grant" | "list", readonly Hash[]>>;
  state<K extends SubjectKind>(kind: K, id: Hash | Address): StateOf<K> | undefined;
}

/** Makes calls of three registries with some accounts. */
export class RandomCalls {
  readonly #chain: Registries;
  readonly #accounts: readonly Account[];

  constructor(chain: Registries, accounts: readonly Account[]) {
    this.#chain = chain;
    this.#accounts = accounts;
  }

  /** @throws the chain's error when the contract refuses it. */
  async send(one: RandomCall, existing: Existing): Promise<void> {
    const { relayer, forwarder } = this.#chain;
    const time = await now(this.#chain);
    if (one.call === "wait") {
      await setNextTime(this.#chain, time + BigInt(1 + (one.pick % 12)) * DAY);
      await this.#chain.ethers.provider.send("evm_mine", []);
      return;
    }
    const { contract, args, may, name = one.call } = this.#callOf(one, existing, time);
    const by = one.by === null ? may : this.#at(one.by);
    const data = contract.interface.encodeFunctionData(name, args);
    const target = String(contract.target);
    let sent: TransactionResponse;
    if (one.how === "relayed") {
      const signed = await signRequest(
        { forwarder, address: target, domainName: "Mapae" },
        { data, signer: by, gas: 3_000_000n },
      );
      sent = await forwarder.connect(relayer).getFunction("execute")(signed.request);
    } else {
      const twice = contract.interface.encodeFunctionData("multicall", [[data, data]]);
      sent = await by.sendTransaction({ to: target, data: one.how === "twice" ? twice : data });
    }
    await sent.wait();
  }

  #at(index: number): Account {
    return this.#accounts[index % this.#accounts.length] ?? assert.fail();
  }

  /** Who controls a DID, if it is one of the accounts. */
  #ownerOf(did: Address, { state }: Existing): Account {
    const owner = state("did", did)?.owner ?? did;
    return this.#accounts.find(({ address }) => address.toLowerCase() === owner) ?? this.#at(0);
  }

  #callOf(one: RandomCall, existing: Existing, time: bigint): Chosen {
    const { did, trust, status, council } = this.#chain;
    const { to, pick, start, end } = one;
    const subject = this.#at(to);
    const identity = subject.address;
    const owner = () => this.#ownerOf(identity.toLowerCase() as Address, existing);
    const of = (contract: BaseContract, may: Account, args: readonly unknown[], name?: string): Chosen => ({
      contract,
      may,
      args,
      ...(name !== undefined && { name }),
    });
    const governed = (name: string, ...args: unknown[]) => of(trust, council, args, name);
    const role = [ROLES.trust.council, ROLES.trust.roots][pick % 2];
    const grant = existing.state("grant", chosen(existing.ids.grant, pick));
    const above = grant?.parent == null ? undefined : existing.state("grant", grant.parent);
    const list = existing.state("list", chosen(existing.ids.list, pick));
    const issuer = list?.origin?.issuer ?? (identity.toLowerCase() as Address);
    const delegation = [identity, chosen(DELEGATE_TYPES, pick), this.#at(pick).address];
    const attribute = [identity, label("note"), `0x0${pick % 3}`];
    const validity = chosen([0n, 5n, 10n * DAY], pick);
    switch (one.call) {
      case "changeOwner":
        return of(did, owner(), [identity, this.#at(pick).address]);
      case "deactivate":
        return of(did, owner(), [identity, ZeroAddress], "changeOwner");
      case "addDelegate":
        return of(did, owner(), [...delegation, validity]);
      case "revokeDelegate":
        return of(did, owner(), delegation);
      case "setAttribute":
        return of(did, owner(), [...attribute, validity]);
      case "revokeAttribute":
        return of(did, owner(), attribute);
      case "addType":
        return governed("addType", `urn:type:${pick}`, SCHEMA_URI, SCHEMA_HASH);
      case "grantRoot":
        return governed(
          "grantRoot",
          chosen(existing.types, pick),
          identity,
          time + start * DAY,
          time + end * DAY,
          true,
          "a",
        );
      case "grant": {
        const [notBefore, notAfter] = [
          start < 0n ? grant?.notBefore : time + start * DAY,
          end > 0n ? grant?.notAfter : time + end * DAY,
        ];
        return of(trust, this.#ownerOf(grant?.subject ?? "0x", existing), [
          grant?.grantId,
          identity,
          notBefore,
          notAfter,
          to % 4 !== 0,
          "b\u202e",
        ]);
      }
      case "accept":
        return of(trust, this.#ownerOf(grant?.subject ?? "0x", existing), [grant?.grantId]);
      case "extend": {
        const latest = above?.notAfter ?? (grant?.notAfter ?? 0) + 86_400;
        const by = above === undefined ? council : this.#ownerOf(above.subject, existing);
        return of(trust, by, [grant?.grantId, end > 0n ? latest : time + end * DAY]);
      }
      case "withdraw": {
        // Often the grant above, exactly from when this one was made, which is void then.
        if (grant !== undefined && above !== undefined && start > 5n)
          return of(trust, council, [above.grantId, grant.created.time]);
        const from = start === 0n ? 0n : time + start * DAY;
        const by = [
          council,
          this.#ownerOf(grant?.subject ?? "0x", existing),
          this.#ownerOf(above?.subject ?? "0x", existing),
        ];
        return of(trust, chosen(by, to), [grant?.grantId, from]);
      }
      case "giveRole":
        return governed("grantRole", role, this.#at(to % 2).address);
      case "takeRole":
        return governed("revokeRole", role, this.#at(to % 2).address);
      case "admin":
        return chosen(
          [
            governed("beginDefaultAdminTransfer", identity),
            governed("cancelDefaultAdminTransfer"),
            governed("changeDefaultAdminDelay", 5n * DAY),
            governed("rollbackDefaultAdminDelay"),
          ],
          pick,
        );
      case "createList":
        return of(status, owner(), [identity, BigInt(pick % 2), SIZE, chosen(existing.types, to), BASE_URI]);
      case "close":
        return of(status, this.#ownerOf(issuer, existing), [list?.list]);
      case "update": {
        const [revoke, suspend, reinstate] = one.masks;
        const words = pick % 2 === 0 ? [0n, 511n] : [BigInt(pick % 3)];
        const changes = words.map((at) => change(at, { revoke, suspend, reinstate }));
        return of(status, this.#ownerOf(issuer, existing), [list?.list, changes, REASON]);
      }
      case "checkpoint":
        return of(status, this.#ownerOf(issuer, existing), [list?.list, 0n, pick % 2 === 0 ? 512n : 2n]);
      case "wait":
        return assert.fail();
    }
  }
}

/** A call that was chosen, and the account that may make it. */
interface Chosen {
  readonly contract: BaseContract;
  readonly args: readonly unknown[];
  readonly may: Account;
  /** The function, where it is not that of the call. */
  readonly name?: string;
}

function chosen<T>(from: readonly T[], index: number): T {
  return from[index % from.length] ?? assert.fail("nothing to choose from");
}
