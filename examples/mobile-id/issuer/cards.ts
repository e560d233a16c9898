import { createHash, randomBytes, randomInt } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import type { JWK } from "jose";
import type { IndexAllocator } from "../../../node/issuing/index-allocator.ts";
import { listIdOf, parseDid } from "../../../resolver/index.ts";
import { type ExampleConfig, ExampleConfigError } from "../shared/config.ts";
import { claimsOf } from "./claims.ts";
import { atomically } from "./database.ts";
import type { Configuration, Person } from "./roll.ts";
import type { Signing } from "./signing.ts";

const DAY = 86_400;

/** Days for which a card is valid after the day of its issue; wallets get new ones long before. */
const VALID_DAYS = 13;

/** Issues cards, each for one use, with an index and a key of its own, so that no two presentations have a value in common. */
export class Cards {
  readonly #config: ExampleConfig;
  readonly #database: DatabaseSync;
  readonly #signing: Signing;
  readonly #allocator: IndexAllocator;

  constructor(
    config: ExampleConfig,
    parts: { readonly database: DatabaseSync; readonly signing: Signing; readonly allocator: IndexAllocator },
  ) {
    this.#config = config;
    this.#database = parts.database;
    this.#signing = parts.signing;
    this.#allocator = parts.allocator;
  }

  /**
   * Issues a card for each key. The owner of each index is on disk before a card is sent, so that every card can be revoked.
   *
   * @param entitled the person, if the wallet may have the cards. It is called when the owners are stored: somebody may report the
   * phone as lost, or suspend the person, while nodes are asked and indexes are allocated.
   * @param keys public keys of the holder, all different.
   * @returns `undefined` when the wallet may not have the cards.
   * @throws AllocatorError, UnavailableError
   */
  async issue(
    configuration: Configuration,
    entitled: () => Person | undefined,
    keys: readonly JWK[],
  ): Promise<string[] | undefined> {
    const issuer = this.#config.issuers[configuration];
    if (issuer === undefined) throw new ExampleConfigError(`No issuer of ${configuration} is configured`);
    const { signer, issuedAt, ...certified } = await this.#signing.signerOf(configuration);
    const iat = await issuedAt();
    const exp = iat - (iat % DAY) + (VALID_DAYS + 1) * DAY;
    const list = listIdOf(parseDid(issuer.did).address, BigInt(issuer.list));
    const places = await this.#allocator.allocate([{ list, size: issuer.size }], keys.length);
    const person = atomically(this.#database, () => {
      const owner = entitled();
      if (owner === undefined) return undefined;
      const insert = this.#database.prepare(
        "insert into card (person, configuration, list, number, expires) values (?, ?, ?, ?, ?)",
      );
      for (const { index } of places) insert.run(owner.id, configuration, issuer.list, index, exp);
      return owner;
    });
    if (person === undefined) return undefined;
    const claims = claimsOf(configuration, person, new Date());
    const sdJwt = new SDJwtVcInstance({
      signer: async (data: string) => Buffer.from(await signer.sign(Buffer.from(data))).toString("base64url"),
      signAlg: signer.algorithm,
      hasher: (data: string | ArrayBuffer) =>
        createHash("sha256")
          .update(typeof data === "string" ? data : Buffer.from(data))
          .digest(),
      hashAlg: "sha-256",
      saltGenerator: async (length: number) => randomBytes(length).toString("base64url"),
    });
    return Promise.all(
      keys.map((jwk, at) => {
        const status = { status_list: { idx: places[at]?.index ?? -1, uri: issuer.listUri } };
        const payload = { iss: issuer.did, iat, exp, vct: issuer.type, cnf: { jwk }, status, ...claims };
        return sdJwt.issue(payload, frameOf(claims) as never, { header: { kid: signer.keyId, ...certified } });
      }),
    );
  }

  /** Deletes the owners of expired cards. */
  forgetExpired(now = Math.floor(Date.now() / 1_000)): void {
    this.#database.prepare("delete from card where expires <= ?").run(now);
  }
}

/** Makes every claim selectively disclosable, and each member of a claim that is an object. */
function frameOf(claims: Readonly<Record<string, unknown>>): object {
  const isGroup = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const single = Object.keys(claims).filter((name) => !isGroup(claims[name]));
  const groups = Object.entries(claims).filter(([, value]) => isGroup(value));
  return {
    _sd: shuffled(single),
    ...Object.fromEntries(groups.map(([name, value]) => [name, { _sd: shuffled(Object.keys(value as object)) }])),
  };
}

/** The values in random order (Fisher and Yates). */
export function shuffled<T>(values: readonly T[]): T[] {
  const result = [...values];
  for (let at = result.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}
