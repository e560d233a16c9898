import { deflateSync } from "node:zlib";
import { createList } from "@digitalbazaar/vc-bitstring-status-list";
import { newKey, signerOf } from "../../node/status-lists/key-file.ts";
import { ListEncodings } from "../../node/status-lists/list-encodings.ts";
import { ServedList, type Signing } from "../../node/status-lists/served-list.ts";
import type { StatusWord } from "../../resolver/status/apply-status-event.ts";
import { listBytes } from "../../resolver/status/list-bytes.ts";
import { verifyStatusJwt } from "../../resolver/status/verify-token.ts";
import type { Row } from "./row.ts";
import { compare } from "./timing.ts";

const SIZES = [131_072, 1_048_576] as const;
/** Of 100 credentials so many are revoked. */
const PERCENTS = [0, 1, 10] as const;
const DID = `did:mapae:local:0x${"a1".repeat(20)}`;
const ROUNDS = 7;
const PEER = "@digitalbazaar/vc-bitstring-status-list";

/** Encoding and signing lists, against the W3C's own library, which only encodes, and against zlib. */
export async function listRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of SIZES) {
    for (const percent of PERCENTS) rows.push(...(await rowsOf(size, percent)));
  }
  return rows;
}

async function rowsOf(size: number, percent: number): Promise<Row[]> {
  const revoked = randomIndexes(size, percent);
  const words = wordsOf(revoked);
  const signer = signerOf(newKey(DID, "ES256"));
  const time = Math.floor(Date.now() / 1_000);
  const asOf = { number: 1, hash: `0x${"11".repeat(32)}`, time, finalizedBlock: 1 } as const;
  const signing: Signing = { uri: "https://lists.example/0", asOf, signer };
  const named = { size: `${size.toLocaleString("en")} entries, ${percent} % set`, unit: "ms" as const };

  const theirs = await createList({ length: size });
  for (const index of revoked) theirs.setStatus(index, true);
  const sign = (list: ServedList) => list.sign("revocation", "application/vc+jwt", signing);
  const times = { ours: 2, theirs: 2 };
  const encode = () => theirs.encode();
  const cold = await compare({ ours: () => sign(new ServedList(words, size)), theirs: encode, times, rounds: ROUNDS });

  const kept = new ServedList(words, size);
  await sign(kept);
  let at = 0;
  const change = () => {
    at = (at * 48_271 + 11) % (size / 256);
    kept.write(at, { revoked: 1n << BigInt(at % 256), suspended: 0n });
    return sign(kept);
  };
  const again = () => {
    theirs.setStatus((at * 256) % size, true);
    return theirs.encode();
  };
  const changed = await compare({ ours: change, theirs: again, times, rounds: ROUNDS });

  const token = (
    await new ServedList(words, size).sign("token", "application/statuslist+jwt", signing)
  ).bytes.toString();
  const method = { id: signer.keyId, type: "JsonWebKey2020", controller: DID, publicKeyJwk: signer.jwk };
  const document = { id: DID, verificationMethod: [method], assertionMethod: [signer.keyId] };
  const expected = { uri: signing.uri, size, document, now: time };
  const check = await compare({
    ours: () => verifyStatusJwt(token, expected),
    theirs: async () => undefined,
    times: { ours: 20, theirs: 1 },
    rounds: ROUNDS,
  });
  const best = deflateSync(listBytes("token", words, size), { level: 9 }).length;
  const ours = new ListEncodings(words, size).compressed("token").length;
  return [
    { topic: "list: encode and sign, cold", peer: `${PEER}, encode alone`, ...cold, ...named, goal: 1 },
    {
      topic: "list: the same after one bit changed",
      peer: `${PEER}, encode alone`,
      ...changed,
      ...named,
      goal: size === SIZES[0] ? 0.25 : 0.05,
    },
    { topic: "list: a verifier's check", peer: "1 ms", ...named, ours: check.ours, theirs: 1, goal: 1 },
    { topic: "list: bytes, compressed", peer: "zlib 9", ...named, ours, theirs: best, unit: "bytes", goal: 1.15 },
  ];
}

/** Distinct indexes from a fixed seed: each run measures the same list. */
function randomIndexes(size: number, percent: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (let seed = 1; found.size < (size * percent) / 100; ) {
    seed = (seed * 48_271) % 2_147_483_647;
    found.add(seed % size);
  }
  return found;
}

function wordsOf(revoked: ReadonlySet<number>): Map<number, StatusWord> {
  const words = new Map<number, bigint>();
  for (const index of revoked) {
    const word = Math.floor(index / 256);
    words.set(word, (words.get(word) ?? 0n) | (1n << BigInt(index % 256)));
  }
  return new Map([...words].map(([word, bits]) => [word, { revoked: bits, suspended: 0n }]));
}
