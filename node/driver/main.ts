import { type Logger, pino } from "pino";
import { representId } from "../../resolver/resolution/representation.ts";
import type { Problem } from "../http/problem.ts";
import { type IdentifierRequest, identifiers } from "../http/resolution/identifiers.ts";
import { testIdentifiers } from "../http/resolution/test-identifiers.ts";
import { requestHandler } from "../http/server/handler.ts";
import { openListener } from "../http/server/listener.ts";
import { Turns } from "../http/server/turns.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { driverApp } from "./app.ts";
import type { DriverConfig } from "./config.ts";
import { driverSource } from "./driver-source.ts";
import { ethrIdentifiers, isEthrTarget } from "./ethr-identifiers.ts";
import { type EthrQuestion, ethrSource } from "./ethr-source.ts";
import { guard } from "./guard.ts";

/** A running driver. */
export interface RunningDriver {
  /** URL of its listener. */
  readonly url: string;
  /** Waits for answers under way, then closes. */
  stop(): Promise<void>;
}

/** Replacements for log and time in tests. */
export interface DriverOverrides {
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/**
 * Starts a driver of the Universal Resolver, which resolves DIDs over HTTP and reads nodes or a chain for each request. It
 * also starts while they can't be asked, and answers 503 until they can.
 *
 * @throws PortInUseError; ResolverOptionsError when the configured nodes or their agreement are invalid.
 */
export async function startDriver(config: DriverConfig, overrides: DriverOverrides = {}): Promise<RunningDriver> {
  const { network, httpHost: host, httpPort: port, secrets } = config;
  const { clock = systemClock } = overrides;
  const logger = overrides.logger ?? pino({ name: "mapae", level: config.logLevel });
  const onFault = (error: unknown) => logger.error({ err: error }, "unexpected error while handling a request");
  const { mapProblem, ...dialect } = config.answers === "standard" ? STANDARD : UNIVERSAL_RESOLVER;

  const source = driverSource(config, clock, logger);
  const mapae = identifiers({ source, network, turns: new Turns(), now: clock.now, onFault, mapProblem, ...dialect });
  const ethr = secrets.rpcUrls.length === 0 ? undefined : ethrOf(config, { clock, logger, onFault, mapProblem });
  const identify = (request: IdentifierRequest) =>
    ethr !== undefined && isEthrTarget(request.target) ? ethr(request) : mapae(request);

  const examples = () => testIdentifiers(source, config.testIdentifiers);
  const app = driverApp({ network, ethr: ethr !== undefined, examples, onFault });
  const handle = requestHandler({ identify, app, onFault });
  const { url, close } = await openListener({
    handle,
    onFault,
    trustedProxies: config.trustedProxies,
    host,
    port,
    variables: "MAPAE_HTTP_HOST or MAPAE_HTTP_PORT",
  });
  const methods = ethr === undefined ? ["mapae"] : ["mapae", "ethr"];
  const { nodeUrls, rpcUrls } = secrets;
  logger.info({ url, network: network.name, methods, nodes: nodeUrls.length, servers: rpcUrls.length }, "started");
  return {
    url,
    async stop() {
      await close();
      logger.info("stopped");
    },
  };
}

interface EthrOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onFault: (error: unknown) => void;
  readonly mapProblem: (problem: Problem) => Problem;
}

function ethrOf({ network, secrets }: DriverConfig, { clock, logger, onFault, mapProblem }: EthrOptions) {
  const resolve = ethrSource({ network, rpcUrls: secrets.rpcUrls, now: clock.now });
  const ask = guard({ logger, of: "chain, for did:ethr" });
  return ethrIdentifiers({
    chainId: network.chainId,
    resolve: (question: EthrQuestion) => ask(() => resolve(question), question.versionId === undefined),
    onFault,
    mapProblem,
  });
}

/** Answers in the form of DID Resolution v1. */
const STANDARD = { mapProblem: (problem: Problem) => problem };

/**
 * Answers in the form that the Universal Resolver needs. It compares an error's type with the bare word, and treats an IRI
 * as a fault (HTTP 500). It treats a result without a document as a DID that does not exist; so a deactivated DID gets a
 * document with its id only.
 */
const UNIVERSAL_RESOLVER = {
  mapProblem: (problem: Problem): Problem => ({ ...problem, type: problem.code }),
  showDeactivated: representId,
};
