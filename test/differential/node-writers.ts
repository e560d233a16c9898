import assert from "node:assert/strict";
import type { BaseContract, Provider } from "ethers";
import { RoleHolders, type WritingRole } from "../../node/audit/past/role-holders.ts";
import { writersAt } from "../../node/audit/past/writers-at.ts";
import { heldIndex } from "../../node/index/live-index.ts";
import type { Address } from "../../resolver/primitives/hex.ts";
import type { GrantState } from "../../resolver/trust/apply-trust-event.ts";
import type { Held } from "./node-getters.ts";

/** Refusals that do not depend on who calls, or that depend on counts which the index does not have. */
const UNRELATED = new Set(["TooManyOpenGrants", "TooManyWithdrawals", "TooManyExtensions", "InvalidExtension"]);

/**
 * Compares who may call a function about a grant, as `/audit/writers` says, with whom the contract refuses: each account tries
 * each function, without sending it.
 */
export async function compareWriters(held: Held, trust: BaseContract, provider: Provider, grant: GrantState) {
  const { index, reader, network, accounts } = held;
  await using snapshot = heldIndex(index);
  const { asOf } = snapshot;
  const { grantId, notBefore, notAfter } = grant;
  const roles = new RoleHolders(reader, network);
  const moment = { asOf, at: asOf.time };
  // One account stands for the timelock and the seat, so that they have no proposer and no holder.
  const holdersOf = async (role: WritingRole) =>
    role === "proposer" || role === "seatHolder" ? [] : roles.of(role, asOf, "newest");
  const { writers } = await writersAt(snapshot, network, { kind: "grant", id: grantId }, moment, holdersOf);
  const may = (account: Address, name: string) =>
    writers.some((one) => one.account === account && one.may.includes(name));
  const refusal = async (from: Address, name: string, args: readonly unknown[]): Promise<string | undefined> => {
    try {
      await (trust.connect(provider) as BaseContract).getFunction(name).staticCall(...args, { from });
      return undefined;
    } catch (error) {
      const data = (error as { data?: string }).data ?? assert.fail(String(error));
      return trust.interface.parseError(data)?.name.replace("TrustRegistry", "");
    }
  };
  const tries: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
    accept: [[grantId]],
    grant: [[grantId, accounts[0], notBefore, notAfter, false, "a"]],
    extend: [[grantId, notAfter + 1]],
    // Now, or from the start; 0 stands for now.
    withdraw: [
      [grantId, 0],
      [grantId, notBefore || 1],
    ],
  };
  for (const account of accounts) {
    for (const [name, some] of Object.entries(tries)) {
      const refusals = await Promise.all(some.map((args) => refusal(account, name, args)));
      if (refusals.some((one) => one !== undefined && UNRELATED.has(one))) continue;
      const allowed = refusals.includes(undefined);
      const what = `${name} of ${grantId} by ${account} at ${asOf.time}: ${refusals.join()}; ${JSON.stringify(grant)}`;
      assert.equal(may(account, name), allowed, what);
    }
  }
}

/** Some of the grants, others at each block. */
export function someOf(grants: readonly GrantState[], block: number, count: number): readonly GrantState[] {
  return Array.from({ length: Math.min(count, grants.length) }, (_, at) => {
    return grants[(block * 7 + at * 13) % grants.length] ?? assert.fail();
  });
}
