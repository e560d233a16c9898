import { join } from "node:path";
import type { LocalNetwork } from "../../../cli/local/local-network.ts";
import { freePorts, temporaryFolder } from "../../cli/harness.ts";
import { startSilently } from "../../helpers/local-network.ts";
import { type Browsing, startBrowsing } from "./browsing.ts";
import { type Liar, startLiar } from "./liar.ts";

/** The network of `npm start`, whose node is compared with one that can lie, and a browser. */
export interface Stage {
  readonly network: LocalNetwork;
  /** Where the page is: the public one, and that for auditors. */
  readonly url: string;
  readonly auditUrl: string;
  readonly liar: Liar;
  /** The file with what the browser's camera sees. */
  readonly camera: string;
  readonly browsing: Browsing;
}

/** Starts it once for all tests of a file. */
export async function startStage({ after }: { after(end: () => Promise<void> | undefined): void }): Promise<Stage> {
  let network: LocalNetwork | undefined;
  after(() => network?.stop());
  const home = await temporaryFolder({ after });
  const [chain = "", http = "", audit = "", other = ""] = await freePorts(4);
  const [url, auditUrl] = [`http://127.0.0.1:${http}`, `http://127.0.0.1:${audit}`];
  const liar = await startLiar({ after }, url, Number(other));
  ({ network } = await startSilently({
    MAPAE_HOME: home,
    MAPAE_CHAIN_PORT: chain,
    MAPAE_HTTP_PORT: http,
    MAPAE_AUDIT_PORT: audit,
    MAPAE_PEERS: liar.url,
    MAPAE_PEER_CHECK_SECONDS: "3600",
  }));
  const camera = join(home, "camera.y4m");
  const browsing = await startBrowsing({ after }, [url, auditUrl, new URL(liar.url).origin], camera);
  return { network, url, auditUrl, liar, camera, browsing };
}
