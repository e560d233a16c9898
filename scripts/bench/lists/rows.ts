import { createPublicKey, verify } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import { createList } from "@digitalbazaar/vc-bitstring-status-list";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import { ListEncodings } from "../../../node/lists/list-encodings.ts";
import { ServedList, type Signing } from "../../../node/lists/served-list.ts";
import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import { MAX_LIST_SIZE } from "../../../resolver/status/decode-status-log.ts";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import { verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";
import type { Row } from "../measuring/row.ts";
import { servedListRows } from "./served.ts";
import { compare, compareTimed, timeOf } from "../measuring/timing.ts";

/** How many lists, of how many entries. */
const CASES = [
  { lists: 1, size: 131_072 },
  { lists: 1, size: MAX_LIST_SIZE },
] as const;
/** Measured as well when `MAPAE_BENCH_LARGE=1`: ten million entries. */
const LARGE = { lists: 20, size: MAX_LIST_SIZE } as const;
/** Of 100 credentials so many are revoked. */
const PERCENTS = [0, 1, 10] as const;
/** Revocations at once, of which the curve is made. */
const REVOCATIONS = [1, 16, 256, 4_096] as const;
const DID = `did:mapae:local:0x${"a1".repeat(20)}`;
const ROUNDS = 7;
const PEER = "@digitalbazaar/vc-bitstring-status-list";

const signer = signerOf(newKey(DID, "ES256"));
const time = Math.floor(Date.now() / 1_000);
const asOf = { number: 1, hash: `0x${"11".repeat(32)}`, time, finalizedBlock: 1 } as const;
const signing: Signing = { uri: "https://lists.example/0", asOf, signer };
const sign = (list: ServedList) => list.sign("revocation", "application/vc+jwt", signing);

interface Case {
  readonly lists: number;
  readonly size: number;
  readonly percent: number;
}

/** Encoding and signing lists, against the W3C's own library, which only encodes, and against zlib. */
export async function listRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const each of process.env.MAPAE_BENCH_LARGE === "1" ? [...CASES, LARGE] : CASES) {
    for (const percent of PERCENTS) {
      const one = { ...each, percent };
      rows.push(...(await encodingRows(one)), ...(one.lists === 1 ? await verifierRows(one) : []));
    }
  }
  return [...rows, ...(await revocationRows()), ...(await servedListRows())];
}

function named({ lists, size, percent }: Case) {
  const many = lists === 1 ? "" : `${lists} lists of `;
  return { size: `${many}${size.toLocaleString("en")} entries, ${percent} % set`, unit: "ms" as const };
}

/** All lists from nothing, and one of them after one bit of it changed. */
async function encodingRows(one: Case): Promise<Row[]> {
  const { lists, size, percent } = one;
  const revoked = Array.from({ length: lists }, (_, at) => randomIndexes(size, percent, at + 1));
  const theirs = await Promise.all(
    revoked.map(async (indexes) => {
      const list = await createList({ length: size });
      for (const index of indexes) list.setStatus(index, true);
      return list;
    }),
  );
  const chunks = revoked.map(chunksOf);
  const times = { ours: lists === 1 ? 2 : 1, theirs: lists === 1 ? 2 : 1 };
  const cold = await compare({
    ours: async () => {
      for (const one of chunks) await sign(new ServedList(one, size));
    },
    theirs: async () => {
      for (const one of theirs) await one.encode();
    },
    times,
    rounds: ROUNDS,
  });

  const kept = chunks.map((one) => new ServedList(one, size));
  for (const one of kept) await sign(one);
  let at = 0;
  const pick = <T>(all: readonly T[]) => all[at % lists] as T;
  const change = () => {
    at = (at * 48_271 + 11) % (size / 256);
    pick(kept).write(at, { revoked: 1n << BigInt(at % 256), suspended: 0n });
    return sign(pick(kept));
  };
  const again = () => {
    pick(theirs).setStatus((at * 256) % size, true);
    return pick(theirs).encode();
  };
  const changed = await compare({ ours: change, theirs: again, times: { ours: 20, theirs: 4 }, rounds: ROUNDS });
  return [
    { topic: "list: encode and sign, cold", peer: `${PEER}, encode alone`, ...cold, ...named(one), goal: 1 },
    {
      topic: "list: the same after one bit changed",
      peer: `${PEER}, encode alone`,
      ...changed,
      ...named(one),
      goal: changedGoal(size, percent),
    },
  ];
}

/** Of an empty list little is encoded: what is left is its signature, a tenth of a millisecond with what is signed. */
function changedGoal(size: number, percent: number): number {
  const goal = size === CASES[0].size ? 0.25 : 0.05;
  return percent === 0 ? 4 * goal : goal;
}

/** What a verifier's check costs, and how many bytes it fetches. */
async function verifierRows(one: Case): Promise<Row[]> {
  const { size, percent } = one;
  const chunks = chunksOf(randomIndexes(size, percent, 1));
  const token = (
    await new ServedList(chunks, size).sign("token", "application/statuslist+jwt", signing)
  ).bytes.toString();
  const method = { id: signer.keyId, type: "JsonWebKey2020", controller: DID, publicKeyJwk: signer.jwk };
  const document = { id: DID, verificationMethod: [method], assertionMethod: [signer.keyId] };
  const expected = { uri: signing.uri, size, document, now: time };
  const times = { ours: 200, theirs: 200 };
  const check = await compare({
    ours: () => verifyStatusJwt(token, expected),
    theirs: nativeParts(token),
    times,
    rounds: ROUNDS,
  });
  const best = deflateSync(listBytes("token", chunks, size), { level: 9 }).length;
  const ours = new ListEncodings(chunks, size).compressed("token").length;
  return [
    {
      topic: "list: a verifier's check",
      peer: "node:crypto verify, zlib inflate",
      ...check,
      ...named(one),
      goal: percent > 1 || size > CASES[0].size ? 1.7 : 1.3,
    },
    { topic: "list: bytes, compressed", peer: "zlib 9", ...named(one), ours, theirs: best, unit: "bytes", goal: 1.15 },
  ];
}

/** The two native parts of a check: the signature by a key that is there, and the list inflated. */
function nativeParts(token: string): () => Promise<unknown> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const key = createPublicKey({ key: signer.jwk, format: "jwk" });
  const [data, signed] = [Buffer.from(`${header}.${payload}`), Buffer.from(signature, "base64url")];
  const { lst } = JSON.parse(Buffer.from(payload, "base64url").toString()).status_list as { lst: string };
  const compressed = Buffer.from(lst, "base64url");
  return async () => {
    if (!verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signed)) throw new Error("It does not verify");
    return inflateSync(compressed);
  };
}

/** From revocations to signed bytes: what changed costs, against the same list from nothing. */
async function revocationRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { size } of CASES) {
    const one = { lists: 1, size, percent: 10 };
    const chunks = chunksOf(randomIndexes(size, one.percent, 1));
    const kept = new ServedList(chunks, size);
    await sign(kept);
    let seed = 7;
    for (const count of REVOCATIONS) {
      const revoke = async () => {
        // Each chunk once, as a node takes them: what is not timed is the chain's work.
        const changed = new Set<number>();
        for (let revoked = 0; revoked < count; revoked++) {
          seed = nextSeed(seed);
          const [at, bit] = [Math.floor((seed % size) / 256), 1n << BigInt(seed % 256)];
          chunks.set(at, { revoked: (chunks.get(at)?.revoked ?? 0n) | bit, suspended: 0n });
          changed.add(at);
        }
        return timeOf(() => {
          for (const at of changed) kept.write(at, chunks.get(at) as StatusChunk);
          return sign(kept);
        });
      };
      const cold = () => timeOf(() => sign(new ServedList(chunks, size)));
      const timed = await compareTimed({ ours: revoke, theirs: cold, rounds: 3 * ROUNDS });
      rows.push({
        topic: "list: random revocations to signed bytes",
        peer: "the whole list, cold",
        ...timed,
        unit: "ms",
        size: `${count.toLocaleString("en")} in ${named(one).size}`,
        goal: count === 1 ? 0.5 : 1.1,
      });
    }
  }
  return rows;
}

function nextSeed(seed: number): number {
  return (seed * 48_271) % 2_147_483_647;
}

/** Distinct indexes from a fixed seed: each run measures the same list. */
function randomIndexes(size: number, percent: number, first: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (let seed = first; found.size < (size * percent) / 100; ) {
    seed = nextSeed(seed);
    found.add(seed % size);
  }
  return found;
}

function chunksOf(revoked: ReadonlySet<number>): Map<number, StatusChunk> {
  const chunks = new Map<number, bigint>();
  for (const index of revoked) {
    const chunk = Math.floor(index / 256);
    chunks.set(chunk, (chunks.get(chunk) ?? 0n) | (1n << BigInt(index % 256)));
  }
  return new Map([...chunks].map(([chunk, bits]) => [chunk, { revoked: bits, suspended: 0n }]));
}
