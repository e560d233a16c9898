import type { DatabaseSync } from "node:sqlite";
import { digestOf, isSame, newDigits, newSecret } from "../shared/secrets.ts";
import { atomically } from "./database.ts";
import type { Configuration, Person } from "./roll.ts";

/** Number of wrong codes that end an offer: five tries out of a million codes are hopeless. */
const MAX_TRIES = 5;

/**
 * Lifetimes of an offer, an access token and a refresh token, in seconds. An offer lasts as long as a visit to the desk: until it
 * is redeemed, anybody who photographed the QR code and knows the code of the paper could redeem it.
 */
const OFFER_LIFE = 600;
export const ACCESS_LIFE = 300;
const WALLET_LIFE = 180 * 86_400;

/** An offer as the desk hands it out: the QR code, and separately the transaction code. */
export interface Offer {
  readonly id: string;
  readonly code: string;
  readonly txCode: string;
}

/** The person and the type of card that a wallet may fetch. */
export interface WalletGrant {
  readonly wallet: number;
  readonly person: number;
  readonly configuration: Configuration;
  readonly thumbprint: string;
}

/** The outcome of redeeming a code. */
export type Redeemed =
  | "unknown"
  | "codeMissing"
  | "codeWrong"
  | { readonly refreshToken: string; readonly wallet: number };

/** Offers, and the wallets that redeemed them. */
export class Wallets {
  readonly #database: DatabaseSync;
  readonly #now: () => number;

  /** @param now Unix seconds. */
  constructor(database: DatabaseSync, now = () => Math.floor(Date.now() / 1_000)) {
    this.#database = database;
    this.#now = now;
  }

  /** A new offer, which replaces an earlier one to the person for the same card. */
  offer(person: Person, configuration: Configuration): Offer {
    const offer = { id: newSecret(), code: newSecret(), txCode: newDigits(6) };
    atomically(this.#database, () => {
      this.#database
        .prepare("delete from offer where (person = ? and configuration = ?) or expires <= ?")
        .run(person.id, configuration, this.#now());
      this.#database
        .prepare("insert into offer (id, person, configuration, code, tx_code, expires) values (?, ?, ?, ?, ?, ?)")
        .run(offer.id, person.id, configuration, offer.code, offer.txCode, this.#now() + OFFER_LIFE);
    });
    return offer;
  }

  /** The pre-authorized code and the card type of an offer that has not expired. */
  findOffer(id: string): { readonly code: string; readonly configuration: Configuration } | undefined {
    const row = this.#database
      .prepare("select code, configuration from offer where id = ? and expires > ?")
      .get(id, this.#now());
    return row && { code: row.code as string, configuration: row.configuration as Configuration };
  }

  /** Redeems an offer, once, for a wallet's key. A wrong code counts; the fifth ends the offer. */
  redeem(code: string, txCode: string | undefined, thumbprint: string): Redeemed {
    return atomically(this.#database, () => {
      const row = this.#database.prepare("select * from offer where code = ? and expires > ?").get(code, this.#now());
      if (row === undefined) return "unknown";
      if (txCode === undefined) return "codeMissing";
      const { id, person, configuration, tries } = row;
      if (!isSame(txCode, row.tx_code as string)) {
        if (Number(tries) + 1 >= MAX_TRIES) this.#database.prepare("delete from offer where id = ?").run(id as string);
        else this.#database.prepare("update offer set tries = tries + 1 where id = ?").run(id as string);
        return "codeWrong";
      }
      this.#database.prepare("delete from offer where id = ?").run(id as string);
      const refreshToken = newSecret();
      const { lastInsertRowid } = this.#database
        .prepare("insert into wallet (person, configuration, thumbprint, refresh_hash, expires) values (?, ?, ?, ?, ?)")
        .run(person as number, configuration as string, thumbprint, digestOf(refreshToken), this.#now() + WALLET_LIFE);
      return { refreshToken, wallet: Number(lastInsertRowid) };
    });
  }

  /** The wallet with a refresh token, which is valid only with the key to which it was issued. */
  refresh(refreshToken: string, thumbprint: string): number | undefined {
    const row = this.#database
      .prepare("select id, thumbprint from wallet where refresh_hash = ? and expires > ?")
      .get(digestOf(refreshToken), this.#now());
    return row !== undefined && row.thumbprint === thumbprint ? (row.id as number) : undefined;
  }

  /** Whether a wallet may still fetch cards: it is removed when its phone is lost, or when its person leaves. */
  has(wallet: number): boolean {
    return this.#database.prepare("select 1 from wallet where id = ?").get(wallet) !== undefined;
  }

  /** A new access token of a wallet. */
  access(wallet: number): string {
    const token = newSecret();
    this.#database.prepare("delete from access where expires <= ?").run(this.#now());
    this.#database
      .prepare("insert into access (hash, wallet, expires) values (?, ?, ?)")
      .run(digestOf(token), wallet, this.#now() + ACCESS_LIFE);
    return token;
  }

  /** Deletes offers, tokens and wallets that have expired: nothing is kept that could tell what a person had. */
  forgetExpired(): void {
    for (const table of ["offer", "access", "wallet"]) {
      this.#database.prepare(`delete from ${table} where expires <= ?`).run(this.#now());
    }
  }

  /** What an access token allows. */
  grantOf(accessToken: string): WalletGrant | undefined {
    const row = this.#database
      .prepare(
        "select wallet.* from access join wallet on access.wallet = wallet.id where hash = ? and access.expires > ?",
      )
      .get(digestOf(accessToken), this.#now());
    if (row === undefined) return undefined;
    const { id, person, configuration, thumbprint } = row;
    return {
      wallet: id as number,
      person: person as number,
      configuration: configuration as Configuration,
      thumbprint: thumbprint as string,
    };
  }
}
