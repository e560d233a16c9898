import type { DatabaseSync } from "node:sqlite";
import { openSigners } from "../../../node/issuing/open-signers.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import { roundedIssueTime } from "../../../resolver/index.ts";
import { type ExampleConfig, ExampleConfigError } from "../shared/config.ts";
import type { CertificateAuthority } from "./certificates.ts";
import type { Configuration } from "./roll.ts";
import { readBeginnings, type StandingOptions } from "./standing.ts";

/** How long the nodes' answer about a key and an accreditation is cached, in milliseconds. */
const KNOWN_FOR_MS = 300_000;

/** The current signing key for cards of one type, and how cards refer to it. */
export interface CardSigner {
  readonly signer: Signer;
  /** Absent where cards carry no certificates. */
  readonly x5c?: readonly string[];
  /** The time of issue of a card of today, in Unix seconds: see `roundedIssueTime`. */
  readonly issuedAt: () => Promise<number>;
}

/** The keys of the three issuers. The newest key of each signs; earlier ones stay in the document until their cards expire. */
export class Signing {
  readonly #config: ExampleConfig & StandingOptions;
  readonly #database: DatabaseSync;
  readonly #authority: CertificateAuthority;
  readonly #signers = new Map<string, CardSigner>();

  constructor(
    config: ExampleConfig & StandingOptions,
    { database, authority }: { readonly database: DatabaseSync; readonly authority: CertificateAuthority },
  ) {
    this.#config = config;
    this.#database = database;
    this.#authority = authority;
  }

  /** @throws KeyFileError; ExampleConfigError for a configuration without an issuer. */
  async signerOf(configuration: Configuration): Promise<CardSigner> {
    const issuer = this.#config.issuers[configuration];
    if (issuer === undefined) throw new ExampleConfigError(`No issuer of ${configuration} is configured`);
    const row = this.#database
      .prepare("select file from signing_key where configuration = ? order by since desc, rowid desc limit 1")
      .get(configuration);
    const file = (row?.file as string | undefined) ?? (issuer.keys.at(-1) as string);
    const known = this.#signers.get(file);
    if (known !== undefined) return known;
    const [signer] = await openSigners({ files: [file], passwordFile: this.#config.password });
    if (signer?.issuer !== issuer.did) throw new ExampleConfigError(`${file} is not a key of ${issuer.did}`);
    const { certificates, urls } = this.#config;
    const subject = { jwk: signer.jwk, did: issuer.did, host: new URL(urls.issuer).hostname };
    const x5c = certificates && { x5c: await this.#authority.certify(subject) };
    const made = { signer, ...x5c, issuedAt: this.#issueTimes(signer.keyId, issuer.type) };
    this.#signers.set(file, made);
    return made;
  }

  /** Makes a key sign the cards of a configuration from now on; it has to be in the issuer's document. */
  async use(configuration: Configuration, file: string): Promise<void> {
    this.#database
      .prepare("insert into signing_key (configuration, file, since) values (?, ?, ?)")
      .run(configuration, file, Date.now());
    await this.signerOf(configuration);
  }

  #issueTimes(keyId: string, type: string): () => Promise<number> {
    let known: { readonly began: readonly number[]; readonly until: number } | undefined;
    return async () => {
      if (known === undefined || known.until < Date.now()) {
        known = { began: await readBeginnings(this.#config, { keyId, type }), until: Date.now() + KNOWN_FOR_MS };
      }
      return roundedIssueTime(Math.floor(Date.now() / 1_000), known.began);
    };
  }
}
