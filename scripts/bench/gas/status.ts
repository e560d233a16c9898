import { encodeBytes32String, id, keccak256 } from "ethers";
import { listIdOf } from "../../../resolver/index.ts";
import { type Change, revocationsOf } from "../lists/indexes.ts";
import { type Account, addressOf, type Contracts, call } from "../stage/contracts.ts";

const SIZE = 131_072;
const ALL = 2n ** 256n - 1n;

/** Gas of revocations in three lists of an accredited issuer, and of a checkpoint. */
export async function statusGas(
  { did, status }: Contracts,
  { type, issuer, delegate }: { type: string; issuer: Account; delegate: Account },
) {
  await call(did, issuer, "addDelegate", issuer, encodeBytes32String("status"), delegate, 86_400);
  const lists = [0n, 1n, 2n].map((number) => listIdOf(addressOf(issuer), number));
  for (const number of lists.keys()) await call(status, issuer, "createList", issuer, number, SIZE, id(type), type);
  const [first, second, third] = lists;
  const update = (list: unknown, changes: readonly Change[], by = issuer) =>
    call(status, by, "update", list, changes, id("reason"));
  const change = (word: number, revoke: bigint): Change => [word, revoke, 0, 0];
  const many = (words: number, revoke: (word: number) => bigint) =>
    Array.from({ length: words }, (_, word) => change(word, revoke(word)));

  await update(first, [change(511, 1n)]);
  const known = await update(first, [change(511, 2n)]);
  const byDelegate = await update(first, [change(511, 4n)], delegate);
  const contiguous = await update(
    first,
    many(16, () => ALL),
  );
  const scattered = await update(
    second,
    many(512, (word) => 1n << BigInt((37 * word) % 256)),
  );
  const checkpoint = await call(status, issuer, "checkpoint", second, 0, 512);
  const indexes = randomIndexes();
  const fresh = await update(third, revocationsOf(indexes));
  const warm = await update(third, revocationsOf(indexes.map((index) => index ^ 1)));
  return { known, byDelegate, contiguous, scattered, checkpoint, fresh, warm };
}

/** 256 different credentials of a list, the same in each run. */
function randomIndexes(): number[] {
  const found = new Set<number>();
  for (let seed = keccak256("0x5539"); found.size < 256; seed = keccak256(seed))
    found.add(Number(BigInt(seed) % BigInt(SIZE)));
  return [...found];
}
