import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type IssuerMetadataResult, Openid4vciIssuer } from "@openid4vc/openid4vci";
import { IndexAllocator } from "../../../node/issuing/index-allocator.ts";
import { readConfig } from "../shared/config.ts";
import { CORS, HttpError, json, type Routes, serve } from "../shared/http.ts";
import { openidCallbacks } from "../shared/openid.ts";
import { runPart } from "../shared/run-part.ts";
import { Cards } from "./cards.ts";
import { CertificateAuthority } from "./certificates.ts";
import { credentialEndpoint } from "./credential-endpoint.ts";
import { openDatabase } from "./database.ts";
import { deskRoutes } from "./desk.ts";
import { DpopProofs } from "./dpop.ts";
import { mapaeCommand } from "./mapae.ts";
import { issuerMetadata, readTypeMetadata, serverMetadata } from "./metadata.ts";
import { Roll } from "./roll.ts";
import { rotateKey } from "./rotate.ts";
import { Signing } from "./signing.ts";
import { Statuses } from "./statuses.ts";
import { tokenEndpoint } from "./token-endpoint.ts";
import { Wallets } from "./wallets.ts";

/** Milliseconds between two checks for expired rows and for the hour of the day's revocations. */
const HOUSEKEEPING_MS = 600_000;

/** The hour, in UTC, in which the revocations of a day are sent. */
const REVOKING_HOUR = 15;

await runPart(async () => {
  const config = await readConfig();
  const folder = join(config.data, "issuer");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const database = openDatabase(join(folder, "issuer.sqlite"));
  const allocator = await IndexAllocator.open(join(folder, "allocations"), config.descriptor.genesisHash);
  const authority = await CertificateAuthority.open(folder);
  const mapae = mapaeCommand(config);
  const roll = new Roll(database);
  const wallets = new Wallets(database);
  const signing = new Signing(config, { database, authority });
  const cards = new Cards(config, { database, signing, allocator });
  const statuses = new Statuses(config, { database, mapae });

  const vcts = Object.values(config.issuers).map(({ type }) => type);
  const types = await Promise.all(
    vcts.map(async (vct) => [vct, await readTypeMetadata(config.nodes[0] ?? "", vct)] as const),
  );
  const insecure = config.urls.issuer.startsWith("http:");
  const callbacks = openidCallbacks(insecure);
  const openid = new Openid4vciIssuer({ callbacks: callbacks as never });
  const credentialIssuer = openid.createCredentialIssuerMetadata(issuerMetadata(config, new Map(types)));
  const metadata: IssuerMetadataResult = {
    originalDraftVersion: "V1" as IssuerMetadataResult["originalDraftVersion"],
    credentialIssuer,
    authorizationServers: [serverMetadata(config)],
    knownCredentialConfigurations: openid.getKnownCredentialConfigurationsSupported(credentialIssuer),
  };
  const dpop = new DpopProofs(callbacks);
  const { nonce, credential } = credentialEndpoint({ metadata, wallets, roll, cards, dpop, callbacks });

  const routes: Routes = {
    "GET /.well-known/openid-credential-issuer": () => json(credentialIssuer),
    "GET /.well-known/oauth-authorization-server": () => json(metadata.authorizationServers[0]),
    "GET /offers/:id": (_request, { id = "" }) => {
      const offer = wallets.findOffer(id);
      if (offer === undefined) throw new HttpError(404, "There is no such offer, it was used, or it has ended");
      return json(offerObject(config.urls.issuer, offer));
    },
    "GET /authorize": () => {
      // No client is registered here, so the error is shown and not sent to a redirect URI (RFC 6749, section 4.1.2.1).
      throw new HttpError(400, "unsupported_response_type: cards are offered at the desk, not asked for here");
    },
    "POST /token": tokenEndpoint({ wallets, dpop, callbacks }),
    "POST /nonce": nonce,
    "POST /credential": credential,
    "GET /ca.pem": () =>
      new Response(authority.root.toString("pem"), {
        headers: { "content-type": "application/pem-certificate-chain", ...CORS },
      }),
  };
  const rotate = async (configuration: Parameters<typeof signing.signerOf>[0]) => {
    await rotateKey(config, { configuration, mapae, signing });
  };
  const issuer = await serve(config.urls.issuer, routes);
  const desk = await serve(config.urls.desk, deskRoutes(config, { roll, statuses, wallets, rotate }));
  const keepHouse = async () => {
    cards.forgetExpired();
    wallets.forgetExpired();
    if (new Date().getUTCHours() === REVOKING_HOUR) await statuses.send();
  };
  const timer = setInterval(() => keepHouse().catch(() => console.error("Housekeeping failed")), HOUSEKEEPING_MS);

  return async () => {
    clearInterval(timer);
    await Promise.all([issuer.close(), desk.close()]);
    await allocator.close();
    database.close();
  };
});

/** OpenID4VCI 1.0, section 4.1.1 */
function offerObject(issuer: string, { code, configuration }: { code: string; configuration: string }) {
  return {
    credential_issuer: issuer,
    credential_configuration_ids: [configuration],
    grants: {
      "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
        "pre-authorized_code": code,
        tx_code: {
          input_mode: "numeric",
          length: 6,
          description: "발급 창구에서 받은 번호 / The code from the issuing desk",
        },
      },
    },
  };
}
