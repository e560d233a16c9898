import assert from "node:assert/strict";
import { hexlify } from "ethers";
import { STATUS_LIST_PATHS } from "../../../node/http/openapi/status-lists.ts";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import type { SignatureAlgorithm } from "../../../resolver/crypto/signature.ts";
import { formatDid } from "../../../resolver/did/did.ts";
import { didDocument } from "../../../resolver/did/did-document.ts";
import type { KeyAlgorithm } from "../../../resolver/did/key.ts";
import type { Hex } from "../../../resolver/primitives/hex.ts";
import type { ExpectedList } from "../../../resolver/status/signed/check-token.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { type AfterTest, serveChain } from "../../helpers/served-chain.ts";

export const ISSUER = simulatedIdentity(1);
export const DID = formatDid("local", ISSUER);
export const SIZE = 131_072;
export const URI = "https://lists.example/0";
export const PATH = `/status-lists/${ISSUER}/0`;
export const FOREVER = 4_000_000_000;

/** The bytes by which an attribute publishes a signer's key. */
export function publicBytes({ jwk }: Signer): Hex {
  if (jwk.kty === "AKP") return hexlify(Buffer.from(jwk.pub, "base64url")) as Hex;
  const x = Buffer.from(jwk.x, "base64url");
  if (jwk.kty === "OKP") return hexlify(x) as Hex;
  const isOdd = ((Buffer.from(jwk.y, "base64url").at(-1) ?? 0) & 1) === 1;
  return hexlify(Buffer.concat([Buffer.of(isOdd ? 3 : 2), x])) as Hex;
}

/** What attributes call the keys of each algorithm. */
const ALGORITHMS = {
  ES256: "P256",
  EdDSA: "Ed25519",
  "ML-DSA-44": "MLDSA44",
  "ML-DSA-65": "MLDSA65",
  "ML-DSA-87": "MLDSA87",
} as const satisfies Record<SignatureAlgorithm, KeyAlgorithm>;

/** Publishes a signer's key until a moment; 0 revokes it. */
export function publish(signer: Signer, validTo = FOREVER): SimulatedWrite {
  const algorithm = ALGORITHMS[signer.algorithm];
  return { do: "key", identity: 1, algorithm, key: publicBytes(signer), validTo };
}

/** Revokes one credential of a word, suspends a second and reinstates a third. */
export function status(word: number, bits: readonly [number, number, number], identity = 1): SimulatedWrite {
  return { do: "status", identity, list: 0, word, bits };
}

/** Fails when the description of a list's path does not tell of an answer's status and media type. */
function expectDescribed(path: string, { status, headers }: Response): void {
  const template = path.replace(/\?.*$/, "").replace(/0x[0-9a-f]{40}\/(?:0|[1-9]\d*)(?=\/|$)/, "{issuer}/{number}");
  const operation = STATUS_LIST_PATHS[template]?.get;
  if (operation === undefined) {
    assert.equal(status, 404, `${path} is not described`);
    return;
  }
  const response = operation.responses[String(status)];
  assert.ok(response, `${path} tells of no ${status}`);
  if (status === 304) return;
  const [type = ""] = (headers.get("content-type") ?? "").split(";");
  assert.ok(response.content?.[type], `${path} ${status} tells of no ${type}`);
}

export const signer = signerOf(newKey(DID, "ES256"));

function newChain(first: readonly SimulatedWrite[]): ChainSimulator {
  const chain = new ChainSimulator();
  chain.mine([...first, { do: "list", identity: 1, list: 0 }]);
  return chain;
}

/** A chain on which an issuer has one list, a node that follows it, and the node's listener. */
export async function startServedNode(
  t: AfterTest,
  {
    signers = [signer] as readonly Signer[],
    first = [publish(signer)] as readonly SimulatedWrite[],
    chain = newChain(first),
    peers = [] as readonly string[],
  } = {},
) {
  const served = await serveChain(t, chain, { signers, peers });
  const { index, network, state } = served;
  return {
    ...served,
    /** What is answered, which the description tells of. */
    async get(path = PATH, headers: Record<string, string> = {}): Promise<Response> {
      const response = await served.get(path, headers);
      expectDescribed(path, response);
      return response;
    },
    /** What a verifier knows of the list now. */
    expected(): ExpectedList {
      const did = index.state("did", ISSUER);
      if (did === undefined) throw new Error("the issuer is not written yet");
      const { document } = didDocument({ did: DID, chainId: network.chainId, state: did, at: state.now });
      return { uri: URI, size: SIZE, now: state.now, document };
    },
  };
}

/** What a client of a list's CWT sends. */
export const CWT = { accept: "application/statuslist+cwt" };

/** The body of an answer. */
export const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
