import { Contract, concat, type Provider, type Signer } from "ethers";
import { z } from "zod";
import { type Address, type Hex, UnavailableError } from "../../resolver/index.ts";
import { append, readIfThere } from "../files/files.ts";
import { CliError } from "../terminal/errors.ts";
import { INTERFACES } from "../transaction/interfaces.ts";
import { newestBlock, providerOf } from "../transaction/provider.ts";
import { addressField, bytesField } from "../values/fields.ts";

/** Seconds for which a signed request can be sent. */
export const VALID_FOR_S = 3_600;
/**
 * Most seconds by which the newest block may be ahead of this machine's clock. The deadline counts from the block's time: a
 * server that makes up a later one would get a request that a relayer can hold back for as long.
 */
const MAX_AHEAD_S = 7_200;
/** Gas of a request beyond what its call needs now: the state may differ when it is sent. */
const SPARE_GAS = 100_000n;

const TYPES = {
  ForwardRequest: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "gas", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint48" },
    { name: "data", type: "bytes" },
  ],
};

const quantity = z.string().regex(/^(?:0|[1-9][0-9]{0,20})$/, "a number in decimal digits");

/** A signed request of `ERC2771Forwarder` (EIP-712), as a line of a file holds it. */
export const requestSchema = z.strictObject({
  from: addressField,
  to: addressField,
  value: z.literal("0", "a request that moves value is refused"),
  gas: quantity,
  nonce: quantity,
  /** Last second in which it can be sent, in Unix time. */
  deadline: z
    .int()
    .min(0)
    .max(2 ** 48 - 1),
  data: bytesField,
  signature: bytesField,
});
export type RelayRequest = z.output<typeof requestSchema>;

/** The file for signed requests, which are then not sent to the chain. */
export interface RelayFile {
  readonly path: string;
  readonly forwarder: Address;
  readonly chainId: number;
}

/**
 * Signs a call for a relayer, which pays, and appends it to a file. The call is simulated first, as the forwarder would make
 * it. Its nonce is the account's next one for which the file has no request that can still be sent.
 *
 * @param call its signer needs a provider.
 * @throws UnavailableError when the newest block is far ahead of this machine's clock.
 */
export async function signRequest(
  { signer, to, data }: { readonly signer: Signer; readonly to: Address; readonly data: Hex },
  { path, forwarder, chainId }: RelayFile,
): Promise<void> {
  const provider = providerOf(signer);
  const from = (await signer.getAddress()).toLowerCase() as Address;
  const inner = innerCall({ from, to, data }, forwarder);
  await provider.call(inner);
  const contract = new Contract(forwarder, INTERFACES.forwarder, provider);
  const newest = await newestTime(provider);
  const waiting = parseRequests((await readIfThere(path)) ?? "", path).filter(
    (one) => one.from === from && one.deadline >= newest,
  );
  const taken = new Set(waiting.map(({ nonce }) => nonce));
  let first: bigint = await contract.getFunction("nonces")(from);
  while (taken.has(String(first))) first++;
  const gas = (await provider.estimateGas(inner)) + SPARE_GAS;
  const requests = await signAhead({ signer, forwarder, chainId, to, data, gas, first, count: 1 });
  await append(path, requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
}

/** The time of the newest block, in Unix seconds. */
async function newestTime(provider: Provider): Promise<number> {
  const { timestamp } = await newestBlock(provider);
  const ahead = timestamp - Math.floor(Date.now() / 1_000);
  if (ahead <= MAX_AHEAD_S) return timestamp;
  throw new UnavailableError(
    `The newest block is ${ahead} s ahead of this machine's clock, wanted at most ${MAX_AHEAD_S} s, because a signed request is ` +
      "valid for an hour from then: set the clock; if it is right, the chain's server makes up blocks",
  );
}

/** A call to be signed with several nonces. */
export interface AheadCall {
  /** With a provider. */
  readonly signer: Signer;
  readonly forwarder: Address;
  readonly chainId: number;
  readonly to: Address;
  readonly data: Hex;
  readonly gas: bigint;
  /** The first nonce, and how many. */
  readonly first: bigint;
  readonly count: number;
}

/** Signs the same call with consecutive nonces. */
export async function signAhead(ahead: AheadCall): Promise<RelayRequest[]> {
  const { signer, forwarder, chainId, to, data, gas, first, count } = ahead;
  const provider = providerOf(signer);
  const from = (await signer.getAddress()).toLowerCase() as Address;
  const deadline = (await newestTime(provider)) + VALID_FOR_S;
  const contract = new Contract(forwarder, INTERFACES.forwarder, provider);
  const { name, version } = await contract.getFunction("eip712Domain")();
  const domain = { name, version, chainId, verifyingContract: forwarder };
  const requests: RelayRequest[] = [];
  for (let at = 0; at < count; at++) {
    const nonce = String(first + BigInt(at));
    const message = { from, to, value: "0" as const, gas: String(gas), nonce, deadline, data };
    const signature = (await signer.signTypedData(domain, TYPES, message)) as Hex;
    requests.push({ ...message, signature });
  }
  return requests;
}

/** The call of a request as the forwarder makes it: the signer's address comes after the data (ERC-2771). */
export function innerCall({ from, to, data }: Pick<RelayRequest, "from" | "to" | "data">, forwarder: Address) {
  return { from: forwarder, to, data: concat([data, from]) };
}

/**
 * The requests of a file, one on each line.
 * @throws CliError `INVALID_INPUT` naming the line.
 */
export function parseRequests(text: string, path: string): RelayRequest[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const parsed = requestSchema.safeParse(jsonOf(line));
    if (parsed.success) return [parsed.data];
    throw new CliError(
      "INVALID_INPUT",
      `Line ${index + 1} of ${path} is no signed request:\n${z.prettifyError(parsed.error)}`,
    );
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
