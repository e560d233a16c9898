import type { CredentialOfferObject, IssuerMetadataResult } from "@openid4vc/openid4vci";
import { isShownText } from "../../../../../resolver/index.ts";
import type { Vault } from "../vault/vault.ts";
import type { Named } from "./card.ts";
import { CardError } from "./card-error.ts";
import { issuerClients } from "./openid.ts";

/** An offer that was read, and the metadata of its issuer. */
export interface Offer {
  readonly offer: CredentialOfferObject;
  readonly metadata: IssuerMetadataResult;
  readonly configuration: string;
  readonly issuerUrl: string;
  readonly name: Named;
  readonly issuerName: Named;
  /** Number of digits of the code that the desk hands out on paper; `undefined` when none is needed. */
  readonly codeLength: number | undefined;
}

/**
 * Reads the offer in a desk's QR code or link (OpenID4VCI 1.0, section 4.1). Only known sites of issuers are asked for an offer,
 * and get the code that the holder types (section 13.6.2): any other site could offer a card with the pre-authorized code of
 * somebody's QR code, and receive that person's card with the code from the paper.
 *
 * @param sites URLs of the issuers' sites.
 * @throws CardError, and what the client throws.
 */
export async function readOffer(vault: Vault, text: string, sites: readonly string[]): Promise<Offer> {
  const { vci } = issuerClients(vault);
  const offer = await vci.resolveCredentialOffer(linkOf(text, sites));
  if (!sites.includes(offer.credential_issuer)) throw unknownSite(offer.credential_issuer);
  const metadata = await vci.resolveIssuerMetadata(offer.credential_issuer);
  const [configuration] = offer.credential_configuration_ids;
  const grant = offer.grants?.["urn:ietf:params:oauth:grant-type:pre-authorized_code"];
  const supported = configuration && metadata.credentialIssuer.credential_configurations_supported[configuration];
  if (configuration === undefined || supported === undefined || grant === undefined) {
    throw new CardError("CARD_OFFER", "The offer names no card of its issuer with a pre-authorized code");
  }
  const { credential_metadata: about, display } = supported as {
    credential_metadata?: { display?: Display };
    display?: Display;
  };
  return {
    offer,
    metadata,
    configuration,
    issuerUrl: offer.credential_issuer,
    name: named(about?.display ?? display, configuration),
    issuerName: named(metadata.credentialIssuer.display as Display, new URL(offer.credential_issuer).host),
    codeLength: grant.tx_code === undefined ? undefined : (grant.tx_code.length ?? 6),
  };
}

/** A link to an offer by value, or by a reference to one of the sites. @throws CardError */
function linkOf(text: string, sites: readonly string[]): string {
  const [uri, ...others] = new URL(text).searchParams.getAll("credential_offer_uri");
  if (uri === undefined) return text;
  if (others.length > 0 || !URL.canParse(uri)) throw new CardError("CARD_OFFER", "The offer has no single URL");
  if (!sites.some((site) => new URL(site).origin === new URL(uri).origin)) throw unknownSite(uri);
  return `openid-credential-offer://?${new URLSearchParams({ credential_offer_uri: uri })}`;
}

function unknownSite(url: string): CardError {
  return new CardError(
    "CARD_ISSUER_UNKNOWN",
    `The offer is of ${url.slice(0, 100)}, which is no known site of an issuer`,
  );
}

type Display = readonly { readonly name?: string; readonly locale?: string }[] | undefined;

/** Longest name that is shown, in characters. */
const MAX_NAME = 60;

/** The names that an issuer gives in its metadata, which nobody has signed, if they may be shown like an office's name. */
function named(display: Display, otherwise: string): Named {
  const shown = display?.filter(({ name = "" }) => name.length <= MAX_NAME && isShownText(name));
  const of = (language: string) =>
    shown?.find(({ locale }) => locale?.split("-")[0] === language)?.name ?? shown?.[0]?.name ?? otherwise;
  return { ko: of("ko"), en: of("en") };
}
