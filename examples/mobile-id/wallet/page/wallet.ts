import type { Fetch } from "../../../../resolver/index.ts";
import { MAX_ISSUER_BYTES } from "../../../../resolver/nodes/http-node.ts";
import { type Language, preferredLanguage, type Words, wordsOf } from "../../shared/words.ts";
import type { Card } from "./cards/card.ts";
import { CardStore } from "./cards/card-store.ts";
import type { Offer } from "./cards/offer.ts";
import { type CardStanding, standingOfCard } from "./directory/card-standing.ts";
import { type Directory, readDirectory, type Settings } from "./directory/directory.ts";
import { type Problem, problemOf } from "./problem.ts";
import { quietly } from "./quiet-fetch.ts";
import type { Use } from "./requests/history.ts";
import type { Judgement } from "./requests/judge.ts";
import type { Choice } from "./requests/match.ts";
import type { PresentationRequest } from "./requests/request.ts";
import { eraseAll, type WalletDatabase } from "./vault/database.ts";
import { type LockRecord, MAX_WRONG_PINS, type Secret } from "./vault/lock.ts";
import type { LockError } from "./vault/lock-error.ts";
import { Vault } from "./vault/vault.ts";

/** The current screen, with its data. */
export type Screen =
  | { readonly name: "start"; readonly byPin?: boolean }
  | { readonly name: "unlock"; readonly lock: LockRecord }
  | { readonly name: "cards" | "scan" | "history" | "settings" }
  | { readonly name: "card"; readonly card: Card }
  | { readonly name: "offer"; readonly offer: Offer }
  | { readonly name: "received"; readonly card: Card }
  | {
      readonly name: "consent";
      readonly request: PresentationRequest;
      readonly choices: readonly Choice[] | undefined;
      readonly judgement: Judgement;
    }
  | {
      readonly name: "done";
      readonly verifier: string;
      readonly outcome: Use["outcome"];
      readonly next: string | undefined;
    }
  | { readonly name: "show"; readonly text: string; readonly frames: readonly string[]; readonly until: number }
  | { readonly name: "problem"; readonly problem: Problem; readonly link?: string };

/** What is available while the wallet is unlocked. */
export interface Opened {
  readonly vault: Vault;
  readonly store: CardStore;
  cards: readonly Card[];
  standings: ReadonlyMap<string, CardStanding>;
  directory: Directory;
  history: readonly Use[];
}

/** The wallet's state, and the only way to change the screen. The actions of the holder are in `actions/`. */
export class Wallet {
  readonly database: WalletDatabase;
  readonly settings: Settings;
  /** For nodes, whose answers have an issuer's whole history. */
  readonly fetch: Fetch = quietly({ maxBytes: MAX_ISSUER_BYTES }) as Fetch;
  words: Words;
  screen: Screen = { name: "start" };
  opened: Opened | undefined;
  /** A link that arrived before the wallet was unlocked. */
  pending: string | undefined;
  busy = false;
  notice = "";
  readonly #draw: () => void;

  constructor(options: { database: WalletDatabase; settings: Settings; language: Language; draw: () => void }) {
    this.database = options.database;
    this.settings = options.settings;
    this.words = wordsOf(options.language);
    this.#draw = options.draw;
  }

  show(screen: Screen): void {
    this.screen = screen;
    this.notice = "";
    this.#draw();
  }

  say(notice: string): void {
    this.notice = notice;
    this.#draw();
  }

  /** Runs an action during which the wallet is busy; errors are shown as text. */
  async run(work: () => Promise<void>, onProblem?: (problem: Problem) => void): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.#draw();
    try {
      await work();
    } catch (error) {
      const problem = problemOf(error);
      const isErased = problem.code === ("LOCK_CHANGED" satisfies LockError["code"]);
      if (isErased) this.opened = undefined;
      if (onProblem && !isErased) onProblem(problem);
      else this.show({ name: "problem", problem });
    } finally {
      this.busy = false;
      this.#draw();
    }
  }

  async setLanguage(language: Language): Promise<void> {
    this.words = wordsOf(language);
    await this.database.put("open", language, "language");
    this.#draw();
  }

  static async languageOf(database: WalletDatabase): Promise<Language> {
    return ((await database.get("open", "language")) as Language | undefined) ?? preferredLanguage();
  }

  /** Shows the first screen: the one of the first start, or the lock. */
  async begin(link: string | undefined): Promise<void> {
    this.pending = link;
    const lock = await Vault.lockOf(this.database);
    this.show(lock === undefined ? { name: "start" } : { name: "unlock", lock });
  }

  /** Opens the vault, or creates it at the first start. */
  async unlock(secret: Secret, isFirst: boolean): Promise<void> {
    const vault = await (isFirst ? Vault.create(this.database, secret) : Vault.open(this.database, secret));
    const store = new CardStore(vault);
    const directory = await readDirectory(vault);
    this.opened = { vault, store, cards: [], standings: new Map(), directory, history: [] };
    await this.readAgain();
  }

  async lock(): Promise<void> {
    this.opened = undefined;
    await this.begin(undefined);
  }

  async erase(): Promise<void> {
    await eraseAll(this.database);
    await this.lock();
  }

  /** Reads cards and public facts from the vault again, because other tabs of this wallet write there too. */
  async readAgain(): Promise<void> {
    const opened = this.expectOpened();
    opened.directory = await readDirectory(opened.vault);
    opened.cards = await opened.store.all();
    const judged = opened.cards.map(async (card) => {
      return [card.id, await standingOfCard(this.settings, opened.directory, card)] as const;
    });
    opened.standings = new Map(await Promise.all(judged));
  }

  expectOpened(): Opened {
    if (this.opened === undefined) throw new TypeError("The wallet is locked");
    return this.opened;
  }

  /** The number of tries left after a wrong PIN; 0 means that everything was erased. */
  async triesLeft(error: Problem): Promise<number> {
    const lock = await Vault.lockOf(this.database);
    return error.code === ("LOCK_WRONG_PIN" satisfies LockError["code"]) && lock ? MAX_WRONG_PINS - lock.wrongPins : 0;
  }
}
