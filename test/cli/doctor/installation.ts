import { join } from "node:path";
import { freePorts, mapae, startNetwork, temporaryFolder } from "../harness.ts";

interface Finding {
  what: string;
  level: string;
  detail: string;
}

/** An installation of a node on a chain of its own, which `mapae doctor` examines. */
export async function installation(t: { after(end: () => Promise<void>): unknown }) {
  const folder = await temporaryFolder(t);
  const network = await startNetwork(folder);
  t.after(() => network.chain.stop());
  const [MAPAE_HTTP_PORT, MAPAE_METRICS_PORT] = await freePorts(2);
  const ports = { MAPAE_HTTP_PORT, MAPAE_METRICS_PORT };
  const env: Record<string, string | undefined> = { ...network.env, MAPAE_DATA_DIR: join(folder, "index"), ...ports };
  return {
    folder,
    network,
    env,
    /** The exit code, and the first finding about something, with its level. */
    async doctor(overrides: Record<string, string | undefined> = {}, ...args: string[]) {
      const { code, stdout } = await mapae(["doctor", "--json", ...args], { ...env, ...overrides });
      const findings = JSON.parse(stdout).findings as Finding[];
      const about = (what: string | RegExp) => {
        const finding = findings.find((one) => (typeof what === "string" ? one.what === what : what.test(one.what)));
        return finding && `${finding.level}: ${finding.detail}`;
      };
      return { code, about };
    },
  };
}
