import { openSigners } from "../../../node/issuing/open-signers.ts";
import { verifier } from "../../../resolver/index.ts";
import { ExampleConfigError, readConfig } from "../shared/config.ts";
import { serve } from "../shared/http.ts";
import { runPart } from "../shared/run-part.ts";
import { LoginRequests } from "./requests.ts";
import { siteRoutes } from "./routes.ts";
import { Sessions } from "./sessions.ts";
import { OFFICIAL_ID, SITES } from "./sites.ts";

/**
 * Highest age of a status list for a decision of a site, in seconds. It equals the life of the issuer's signature on the list,
 * so that logins keep working for a day when lists are no longer signed. The site's node serves the newest list, which is
 * fetched every five minutes.
 */
const LIST_MAY_BE_OLD = 86_400;

await runPart(async () => {
  const { urls, verifiers, password, descriptor, nodes, agreement } = await readConfig();
  const cards = verifier({ networks: [{ descriptor, nodes, agreement }], maxStaleness: LIST_MAY_BE_OLD });
  const servers = await Promise.all(
    SITES.map(async (site) => {
      const url = urls[site.part];
      const own = verifiers[site.verifier];
      if (own === undefined) throw new ExampleConfigError(`The verifier ${site.verifier} is not configured`);
      const [signer] = await openSigners({ files: [own.key], passwordFile: password });
      if (signer?.issuer !== own.did) throw new ExampleConfigError(`${own.key} is not a key of ${own.did}`);
      const { claims } = site;
      const requests = new LoginRequests({
        url,
        signer,
        purpose: own.purpose,
        type: OFFICIAL_ID,
        claims,
        verifier: cards,
      });
      return serve(
        url,
        siteRoutes(site, { url, wallet: urls.wallet, requests, sessions: new Sessions(site.part, url) }),
      );
    }),
  );
  return async () => {
    await Promise.all(servers.map(({ close }) => close()));
  };
});
