import type { Express } from "express";
import type { MapaeDid } from "../../resolver/did/did.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { json } from "../http/answer.ts";
import { driverProperties } from "../http/server/app.ts";
import { addRoute, emptyApp, endApp } from "../http/server/routes.ts";
import { ethrDid } from "./ethr-did.ts";

export interface DriverAppOptions {
  readonly network: NetworkDescriptor;
  /** Whether did:ethr of the network's chain is served, too. */
  readonly ethr: boolean;
  /** The examples that have a document now. */
  readonly examples: () => Promise<readonly MapaeDid[]>;
  readonly onFault: (error: unknown) => void;
}

/** The routes of a driver, except that of identifiers. */
export function driverApp({ network, ethr, examples, onFault }: DriverAppOptions): Express {
  const app = emptyApp();
  addRoute(app, "/health", () => json({ status: "ok" }));
  addRoute(app, "/1.0/methods", () => json(ethr ? ["mapae", "ethr"] : ["mapae"]));
  addRoute(app, "/1.0/properties", () => json(driverProperties(network)));
  addRoute(app, "/1.0/testIdentifiers", async () => {
    const dids = await examples();
    return json({
      mapae: dids.map(({ did }) => did),
      ...(ethr && { ethr: dids.map(({ address }) => ethrDid(network.chainId, address)) }),
    });
  });
  return endApp(app, onFault);
}
