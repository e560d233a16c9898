import type { MapaeDid } from "../../../resolver/did/did.ts";
import type { LiveIndex } from "../../index/live-index.ts";
import type { StatusLists } from "../../lists/status-lists.ts";
import type { Bundles } from "../../proofs/bundles.ts";
import type { Proofs } from "../../proofs/proofs.ts";
import { type NodeState, throwIfUnfit } from "../../runtime/status.ts";
import type { TypeDocuments } from "../../trust/type-documents.ts";
import { bundleRoute } from "../bundles.ts";
import { changesRoutes } from "../changes/routes.ts";
import type { Client } from "../clients/clients.ts";
import { statusLists } from "../lists/status-lists.ts";
import { pageAnswers } from "../page/page.ts";
import { proofRoutes } from "../proofs/proofs.ts";
import { identifiers } from "../resolution/identifiers.ts";
import { indexSource } from "../resolution/index-source.ts";
import { testIdentifiers } from "../resolution/test-identifiers.ts";
import { trustRoutes } from "../trust/trust.ts";
import { typeDocument } from "../trust/type-document.ts";
import { type AppOptions, createApp } from "./app.ts";
import { BUNDLE_LIMITS, PROOF_LIMITS, TRUST_LIMITS } from "./bounds.ts";
import { requestHandler } from "./handler.ts";
import { type Listener, type ListenerOptions, openListener } from "./listener.ts";
import { Turns, type TurnsOptions } from "./turns.ts";

export interface HttpOptions
  extends Pick<AppOptions, "network" | "report" | "digest" | "attestations" | "onFault">,
    Omit<ListenerOptions, "handle" | "variables"> {
  readonly index: LiveIndex;
  /** The operator's example DIDs. */
  readonly examples: readonly MapaeDid[];
  /** The status lists. */
  readonly lists: StatusLists;
  /** `undefined` in a program without a chain. */
  readonly bundles?: Bundles;
  /** Documents of types, by their hash; by default none. */
  readonly documents?: TypeDocuments;
  /** Envelopes; see {@link Proofs}. */
  readonly proofs: Pick<Proofs, "prove">;
  /** The state of the node, on which every answer depends. */
  readonly state: () => NodeState;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Origins of other nodes that the page may ask. */
  readonly pageNodes?: readonly string[];
}

/**
 * Opens the public listener. Documents, which are requested most, are answered without express.
 * @throws PortInUseError when host and port are taken.
 */
export async function startHttp(options: HttpOptions): Promise<Listener> {
  const { index, network, lists, state, proofs, now, onFault, onRefused = () => {} } = options;
  const expectFit = () => throwIfUnfit(state());
  const stale = () => state().kind === "stale";
  const source = indexSource({ index, network, now, state });
  const turnsOf = (options: Omit<TurnsOptions, "onRefused">) =>
    new Turns({ ...options, onRefused: () => onRefused("queue") });
  const turns = turnsOf({});
  const proofTurns = turnsOf({ what: "proofs", limits: PROOF_LIMITS });
  const prove = (did: MapaeDid, client: Client | undefined) => {
    expectFit();
    return proofTurns.take(client, () => proofs.prove({ about: "did", did: did.address }));
  };
  const identify = identifiers({ source, network, turns, prove, now, onFault });
  const trustTurns = turnsOf({ what: "questions about trust", limits: TRUST_LIMITS });
  const trust = trustRoutes({ index, network, now, turns: trustTurns, expectFit, stale });
  const examples = () => testIdentifiers(source, options.examples);
  const document = typeDocument({ index, documents: options.documents ?? new Map(), expectFit });
  const page = pageAnswers({ part: "public", nodes: options.pageNodes ?? [] });
  const bundleTurns = turnsOf({ what: "bundles", limits: BUNDLE_LIMITS });
  const bundle = bundleRoute({ bundles: options.bundles, index, turns: bundleTurns, expectFit });
  const changes = changesRoutes({ index, network, expectFit, turns, onFault, onRefused });
  const app = createApp({ ...options, trust, changes, document, page, bundle, examples });
  const answerList = statusLists({ lists, moment: source.ready.metadata, now, onFault, expectFit, stale });
  const answerProof = proofRoutes({ network, proofs, turns: proofTurns, expectFit });
  const handle = requestHandler({ identify, answerList, answerProof, changes, app, onFault });
  const listener = await openListener({ ...options, handle, variables: "MAPAE_HTTP_HOST or MAPAE_HTTP_PORT" });
  return {
    ...listener,
    async close() {
      // Streams do not end by themselves, so closing would wait for them.
      changes.close();
      await listener.close();
    },
  };
}
