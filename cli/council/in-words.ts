import type { FunctionFragment, Interface } from "ethers";
import { roleName } from "../../node/governance/roles.ts";
import type { Address, Deployment, Hex } from "../../resolver/index.ts";
import { ZERO_HASH } from "../../resolver/primitives/hex.ts";
import type { Proposal } from "../governance/propose.ts";
import { CliError } from "../terminal/errors.ts";
import { INTERFACES } from "../transaction/interfaces.ts";
import { moment } from "../values/time.ts";
import { SAFE_MEMBERS } from "./safe-contracts.ts";

/** A contract that governance calls. */
type Name = "timelock" | "recovery" | "seat" | "trust" | "safe";

/** Arguments that are moments, in Unix seconds. */
const MOMENTS = new Set(["notBefore", "notAfter", "from"]);

/** What 0 means as the time from which a grant is withdrawn. */
const FROM_NOW = "0: the time of this call, or the start of the grant if that is later";

/**
 * A proposal as text, down to the innermost call: one line for each call and each of its arguments.
 *
 * @param safe the body that is to sign, which may change its own members.
 * @throws CliError `REFUSED` for a call that can't be decoded to the last byte, since nobody should sign what can't be read.
 */
export function inWords({ to, data }: Proposal, deployment: Deployment, safe: Address): readonly string[] {
  const { timelock, recovery, seat, registries } = deployment;
  const known: readonly [Address, Name, Interface][] = [
    [timelock.address, "timelock", INTERFACES.timelock],
    [recovery.address, "recovery", INTERFACES.timelock],
    [seat.address, "seat", INTERFACES.seat],
    [registries.trust.address, "trust", INTERFACES.trust],
    [safe, "safe", SAFE_MEMBERS],
  ];
  const describe = (target: Address, data: Hex): readonly string[] => {
    const [, name, contract] = known.find(([address]) => address === target) ?? [];
    if (name === undefined || contract === undefined)
      throw unreadable(`a call of ${target}, which is no contract of governance`);
    const { fragment, args } = parsed(contract, data, name);
    const inner = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
    switch (`${name}.${fragment.name}`) {
      case "seat.execute":
        return ["as the council, through its seat:", ...inner(describe(addressOf(args[0]), args[1] as Hex))];
      case "timelock.schedule":
      case "recovery.schedule": {
        const [target, value, payload, predecessor, , delay] = args;
        if (value !== 0n) throw unreadable(`an operation that moves ${value} wei`);
        const after = predecessor === ZERO_HASH ? "" : `, after operation ${predecessor}`;
        const calls = describe(addressOf(target), payload as Hex);
        return [
          `${name}: any account may execute the following ${delay} s after this is sent${after}:`,
          ...inner(calls),
        ];
      }
      default:
        // Governance needs no function with bytes or lists besides those above, which hold further calls.
        if (fragment.inputs.some(({ baseType, type }) => baseType === "array" || type === "bytes")) {
          throw unreadable(`a call of ${name}.${fragment.name}, with bytes or a list, which are not decoded here`);
        }
        return [
          `${name}.${fragment.name}`,
          ...inner(fragment.inputs.map(({ name: input }, at) => `${input}: ${textOf(name, input, args[at])}`)),
        ];
    }
  };
  return describe(to, data);
}

function parsed(contract: Interface, data: Hex, name: Name): { fragment: FunctionFragment; args: readonly unknown[] } {
  try {
    const call = contract.parseTransaction({ data });
    // Bytes after the arguments would be signed, but not shown.
    if (call !== null && contract.encodeFunctionData(call.fragment, call.args) === data) {
      return { fragment: call.fragment, args: call.args.toArray() };
    }
  } catch {
    // The data does not decode as a call of the function that its selector names.
  }
  throw unreadable(`a call of the ${name} with the data ${data.slice(0, 74)}, which is not known`);
}

function textOf(contract: Name, input: string, value: unknown): string {
  if (input === "role") return roleName(contract, String(value));
  if (input === "from" && value === 0n) return FROM_NOW;
  if (MOMENTS.has(input)) return moment(Number(value));
  if (typeof value === "string" && !/^0x[0-9a-fA-F]*$/.test(value)) return JSON.stringify(value);
  return typeof value === "string" ? value.toLowerCase() : String(value);
}

function addressOf(value: unknown): Address {
  return String(value).toLowerCase() as Address;
}

function unreadable(what: string): CliError {
  return new CliError("REFUSED", `The proposal holds ${what}: it can't be described completely, so it is not signed`);
}
