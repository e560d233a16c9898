import type { DatabaseSync } from "node:sqlite";
import type { ExampleConfig } from "../shared/config.ts";
import { shuffled } from "./cards.ts";
import { atomically } from "./database.ts";
import type { Mapae } from "./mapae.ts";
import { CONFIGURATIONS, type Configuration, type Person } from "./roll.ts";

type Action = "revoke" | "suspend" | "reinstate";

/** Changes an issuer's cards after their issue. */
export class Statuses {
  readonly #config: ExampleConfig;
  readonly #database: DatabaseSync;
  readonly #mapae: Mapae;

  constructor(config: ExampleConfig, { database, mapae }: { readonly database: DatabaseSync; readonly mapae: Mapae }) {
    this.#config = config;
    this.#database = database;
    this.#mapae = mapae;
  }

  /** The number of a person's cards that have not expired. */
  live(person: Person): number {
    const row = this.#database.prepare("select count(*) as count from card where person = ?").get(person.id);
    return Number(row?.count);
  }

  /** The number of revocations that will be sent at the end of the day. */
  waiting(): number {
    return Number(this.#database.prepare("select count(*) as count from revocation").get()?.count);
  }

  /**
   * Ends all offers, refresh tokens and cards of a person. The cards are queued for revocation, and from then on nothing links
   * them to the person.
   */
  end(person: Person): void {
    atomically(this.#database, () => {
      this.#database
        .prepare("insert or ignore into revocation select configuration, list, number from card where person = ?")
        .run(person.id);
      for (const table of ["card", "offer", "wallet"]) {
        this.#database.prepare(`delete from ${table} where person = ?`).run(person.id);
      }
    });
  }

  /** Suspends all cards of a person, or reinstates them. */
  async change(action: "suspend" | "reinstate", person: Person): Promise<void> {
    for (const configuration of CONFIGURATIONS) {
      const rows = this.#database
        .prepare("select number from card where person = ? and configuration = ?")
        .all(person.id, configuration);
      await this.#write(
        action,
        configuration,
        rows.map(({ number }) => Number(number)),
      );
    }
  }

  /**
   * Sends the queued revocations, those of one list in one transaction and in random order, so that nobody can tell which of a
   * day's revocations belong together. It can be repeated: revocations on the chain are not sent again.
   */
  async send(): Promise<void> {
    for (const configuration of CONFIGURATIONS) {
      const rows = this.#database.prepare("select number from revocation where configuration = ?").all(configuration);
      const numbers = rows.map(({ number }) => Number(number));
      await this.#write("revoke", configuration, numbers);
      const erase = this.#database.prepare("delete from revocation where configuration = ? and number = ?");
      atomically(this.#database, () => {
        for (const number of numbers) erase.run(configuration, number);
      });
    }
  }

  async #write(action: Action, configuration: Configuration, numbers: readonly number[]): Promise<void> {
    const issuer = this.#config.issuers[configuration];
    if (issuer === undefined || numbers.length === 0) return;
    const indexes = shuffled(numbers).join(",");
    await this.#mapae(["status", action, issuer.did, String(issuer.list), "--index", indexes], issuer.keystore);
  }
}
