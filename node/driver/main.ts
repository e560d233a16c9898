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

/** A driver that runs. */
export interface RunningDriver {
  /** Where it answers. */
  readonly url: string;
  /** Lets answers under way finish, then closes. */
  stop(): Promise<void>;
}

/** What a test may put in the place of log and time. */
export interface DriverOverrides {
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/**
 * Starts a driver of the Universal Resolver: DIDs over HTTP, read from nodes or a chain with each question. It starts
 * without them too, and answers 503 until they can be asked.
 *
 * @throws PortInUseError; ResolverOptionsError when the nodes can't be asked as they are given.
 */
export async function startDriver(config: DriverConfig, overrides: DriverOverrides = {}): Promise<RunningDriver> {
  const { network, httpHost: host, httpPort: port, secrets } = config;
  const { clock = systemClock } = overrides;
  const logger = overrides.logger ?? pino({ name: "mapae", level: config.logLevel });
  const onFault = (error: unknown) => logger.error({ err: error }, "unexpected error while handling a request");
  const { show, ...dialect } = config.answers === "standard" ? STANDARD : UNIVERSAL_RESOLVER;

  const source = driverSource(config, clock, logger);
  const mapae = identifiers({ source, network, turns: new Turns(), onFault, show, ...dialect });
  const ethr = secrets.rpcUrls.length === 0 ? undefined : ethrOf(config, { clock, logger, onFault, show });
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

interface Telling {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onFault: (error: unknown) => void;
  readonly show: (problem: Problem) => Problem;
}

function ethrOf({ network, secrets }: DriverConfig, { clock, logger, onFault, show }: Telling) {
  const resolve = ethrSource({ network, rpcUrls: secrets.rpcUrls, now: clock.now });
  const ask = guard({ logger, of: "chain, for did:ethr" });
  return ethrIdentifiers({
    chainId: network.chainId,
    resolve: (question: EthrQuestion) => ask(() => resolve(question), question.versionId === undefined),
    onFault,
    show,
  });
}

/** As DID Resolution v1 has it. */
const STANDARD = { show: (problem: Problem) => problem };

/**
 * The Universal Resolver compares an error's type with the bare word, and takes an IRI for a fault (HTTP 500). A result without a
 * document it calls incomplete, and answers that the DID does not exist: for a deactivated one it is given the DID's id.
 */
const UNIVERSAL_RESOLVER = {
  show: (problem: Problem): Problem => ({ ...problem, type: problem.code }),
  showDeactivated: representId,
};
