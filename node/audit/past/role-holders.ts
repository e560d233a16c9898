import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { MapaeError, UnavailableError } from "../../../resolver/errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../../../resolver/network.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import type { AsOf } from "../../../resolver/resolution/resolve.ts";
import type { TimedLog } from "../../chain/follow-event.ts";
import { EventHistory } from "../../governance/event-history.ts";
import { HOLDER_REPLACED, ROLE_GRANTED, ROLE_REVOKED, ROLES } from "../../governance/roles.ts";
import type { WantedAsOf } from "./as-of.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";

/** Roles that allow an account to write to the registries, directly or through another contract. */
const WRITING = {
  roots: { contract: "trust", role: ROLES.trust.roots },
  council: { contract: "trust", role: ROLES.trust.council },
  /** Grants `roots` and `council`. */
  admin: { contract: "trust", role: ROLES.trust.admin },
  /** Every call of the timelock was scheduled by a proposer. */
  proposer: { contract: "timelock", role: ROLES.timelock.proposer },
  /** Every call of the seat comes from its holder. This is not an OpenZeppelin role: the seat has one holder at a time. */
  seatHolder: { contract: "seat", role: undefined },
} as const;
export type WritingRole = keyof typeof WRITING;

/** An account that held a role, and the event that gave it. */
export interface RoleHolder {
  readonly account: Address;
  /** The contract that has the role. */
  readonly of: Address;
  readonly since: Evidence;
}

/** Reads from the chain who held the roles of governance. */
export class RoleHolders {
  readonly #histories: Readonly<Record<WritingRole, EventHistory>>;
  readonly #contracts: Readonly<Record<"timelock" | "seat" | "trust", Address>>;

  constructor(reader: ChainReader, network: NetworkDescriptor) {
    const { timelock, seat, registries, fromBlock } = currentDeployment(network);
    this.#contracts = { timelock: timelock.address, seat: seat.address, trust: registries.trust.address };
    const history = (name: WritingRole) => {
      const { contract, role: subject } = WRITING[name];
      // The timelock and the seat are deployed before the registries.
      const from = contract === "trust" ? fromBlock : 0;
      return new EventHistory({ reader, contract: this.#contracts[contract], from, ...(subject && { subject }) });
    };
    this.#histories = {
      roots: history("roots"),
      council: history("council"),
      admin: history("admin"),
      proposer: history("proposer"),
      seatHolder: history("seatHolder"),
    };
  }

  /**
   * The holders of a role at the end of a block or of a second.
   *
   * @param newest the served block, up to which events are read.
   * @throws UnavailableError when the chain can't be asked; an empty result always means that nobody held it.
   */
  async of(name: WritingRole, newest: AsOf, wanted: WantedAsOf): Promise<RoleHolder[]> {
    const events = await this.#histories[name].upTo(newest).catch((cause: unknown) => {
      if (!(cause instanceof MapaeError)) throw cause;
      // The message of the cause may name a server of the operator.
      throw new UnavailableError(`Who held the role ${name} could not be read from the chain: ask again later`, {
        cause,
      });
    });
    const of = this.#contracts[WRITING[name].contract];
    const holders = new Map<Address, RoleHolder>();
    for (const event of events) {
      if (!isUpTo(event, wanted)) break;
      const [kind, , account = ""] = event.log.topics;
      const who: Address = `0x${account.slice(26)}`;
      if (kind === ROLE_REVOKED) holders.delete(who);
      if (kind === HOLDER_REPLACED) holders.clear();
      if (kind === ROLE_GRANTED || kind === HOLDER_REPLACED) {
        holders.set(who, { account: who, of, since: evidenceOf({ event }) });
      }
    }
    return [...holders.values()];
  }
}

function isUpTo({ log, time }: TimedLog, wanted: WantedAsOf): boolean {
  if (wanted === "newest") return true;
  return "block" in wanted ? log.blockNumber <= wanted.block : time <= wanted.time;
}
