import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { newKey, type PrivateJwk, sealKey, signerOf } from "../../../node/issuing/key-file.ts";
import { OPERATOR } from "../../../node/issuing/operator.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import { formatDid, type SignatureAlgorithm } from "../../../resolver/index.ts";
import { writeWhole } from "../../files/files.ts";
import { developmentAccount } from "../accounts.ts";
import type { Demo } from "./demo.ts";

/** A key of the demo that was created at this start. */
export interface DemoSigner {
  readonly account: number;
  /** The key's name in the demo. */
  readonly name: string;
  readonly key: PrivateJwk;
  readonly signer: Signer;
  /** The key file for the node. */
  readonly file: string;
}

/** Where the password of a folder's key files is. */
export function passwordFile(folder: string): string {
  return join(folder, "password");
}

/** The operator of the local node, by its name in the descriptor. */
const OPERATOR_NAME = "행정안전부";

/** The key with which the local node attests blocks, as its operator. */
export interface DemoOperator {
  readonly name: string;
  readonly jwk: Signer["jwk"];
  /** The key file for the node. */
  readonly file: string;
}

/** Makes the password of a folder's key files, in {@link passwordFile}. */
export async function makePassword(folder: string): Promise<string> {
  const password = randomBytes(24).toString("base64url");
  await writeWhole(passwordFile(folder), `${password}\n`, 0o600);
  return password;
}

/** Makes the key of the local node's operator, and writes its file. */
export async function makeOperator(folder: string, password: string): Promise<DemoOperator> {
  const key = newKey(`${OPERATOR}${OPERATOR_NAME}`, "ES256");
  const file = join(folder, "operator.jwe");
  await writeWhole(file, `${await sealKey(key, password)}\n`, 0o600);
  return { name: OPERATOR_NAME, jwk: signerOf(key).jwk, file };
}

/**
 * Makes the keys with which the demo's issuers sign, and writes their files: no key is the same on two machines.
 *
 * @returns the demo with the public halves of the issuers' keys; keys of the verifiers, in the demo's order.
 */
export async function makeSigners(
  demo: Demo,
  { network, folder, password }: { readonly network: string; readonly folder: string; readonly password: string },
): Promise<{
  readonly demo: Demo;
  readonly signers: readonly DemoSigner[];
  readonly verifiers: readonly DemoSigner[];
}> {
  const make = async (account: number, name: string, algorithm: SignatureAlgorithm): Promise<DemoSigner> => {
    const { address } = developmentAccount(account);
    const key = newKey(formatDid(network, address), algorithm);
    const file = join(folder, `${address}-${algorithm}.jwe`);
    await writeWhole(file, `${await sealKey(key, password)}\n`, 0o600);
    return { account, name, key, signer: signerOf(key), file };
  };
  const [signers, verifiers] = await Promise.all([
    Promise.all(demo.signers.map(({ issuer, key, algorithm }) => make(issuer, key, algorithm))),
    Promise.all(demo.verifiers.map(({ account, name }) => make(account, name, "ES256"))),
  ]);
  const keys = Object.fromEntries(signers.map(({ name, signer }) => [name, signer.jwk]));
  return { demo: { ...demo, keys: { ...demo.keys, ...keys } }, signers, verifiers };
}
