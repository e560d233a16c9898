import { newKey, signerOf } from "../../node/issuing/key-file.ts";
import type { Signer } from "../../node/issuing/signer.ts";
import { ServedList } from "../../node/lists/served-list.ts";
import { isSignedBy } from "../../resolver/crypto/signature.ts";
import { ML_DSA_KEY_BYTES, type MlDsa } from "../../resolver/did/key.ts";
import { DID, signingBy, tokenOf } from "./lists/signing.ts";
import type { Row } from "./measuring/row.ts";
import { compare } from "./measuring/timing.ts";
import type { Sizes } from "./sizes.ts";
import { call, openContracts } from "./stage/contracts.ts";

const YEAR = 365 * 86_400;
const PEER = "P-256";
/** Maximum ratios of ML-DSA to P-256: gas of publishing a key, bytes of an empty list, time of a verification. */
const GOALS: Readonly<Record<MlDsa, { gas: number; list: number; verify: number }>> = {
  "ML-DSA-44": { gas: 2, list: 7, verify: 2 },
  "ML-DSA-65": { gas: 2.5, list: 9, verify: 3 },
  "ML-DSA-87": { gas: 3, list: 12, verify: 4 },
};

/** Costs of ML-DSA keys against P-256: on the chain, in a status list, and for a verifier. */
export async function keyRows({ rounds }: Sizes["keys"]): Promise<Row[]> {
  const classical = signerOf(newKey(DID, "ES256"));
  const publish = await openRegistry();
  const [gas, list] = [await publish("P256", 33), await listBytes(classical)];
  const rows: Row[] = [];
  for (const algorithm of Object.keys(GOALS) as MlDsa[]) {
    const signer = signerOf(newKey(DID, algorithm));
    const goal = GOALS[algorithm];
    const common = { size: algorithm, peer: PEER } as const;
    const ours = await publish(algorithm.replaceAll("-", ""), ML_DSA_KEY_BYTES[algorithm]);
    rows.push(
      { ...common, topic: "key: publish it", ours, theirs: gas, unit: "gas", goal: goal.gas },
      {
        ...common,
        topic: "key: an empty list's JWT",
        ours: await listBytes(signer),
        theirs: list,
        unit: "bytes",
        goal: goal.list,
      },
      {
        ...common,
        topic: "key: verify a signature",
        ...(await verifying(signer, classical, rounds)),
        unit: "ms",
        goal: goal.verify,
      },
    );
  }
  return rows;
}

/** Returns a function that measures the gas of publishing a random key in a DID that already has keys. */
async function openRegistry() {
  const { ethers, council: alice, did } = await openContracts();
  const set = (algorithm: string, bytes: number) => {
    const name = ethers.encodeBytes32String(`did/pub/${algorithm}/veriKey`);
    return call(did, alice, "setAttribute", alice.address, name, ethers.randomBytes(bytes), YEAR);
  };
  await set("P256", 33);
  return set;
}

async function listBytes(signer: Signer): Promise<number> {
  return (await tokenOf(new ServedList([], 131_072), signingBy(signer))).length;
}

async function verifying(ours: Signer, theirs: Signer, rounds: number) {
  const data = Buffer.from("a credential of some 500 bytes ".repeat(17));
  const verify = async ({ jwk, algorithm, sign }: Signer) => {
    const signature = await sign(data);
    return () => isSignedBy(jwk, algorithm, { signature, data });
  };
  const works = { ours: await verify(ours), theirs: await verify(theirs) };
  return compare({ ...works, times: { ours: 50, theirs: 50 }, rounds });
}
