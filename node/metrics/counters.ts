import { Counter, Histogram, type Registry } from "@prometheus-io/client";
import { ATTESTATION_OUTCOMES } from "../attestations/attestations.ts";
import { FAILURE_KINDS } from "../chain/servers/failure.ts";
import { REFUSALS } from "../http/clients/refusals.ts";
import { HEALINGS, LISTENERS, type NodeObserver } from "../runtime/observer.ts";

/** First digits of the statuses of answers. */
const STATUS_CLASSES = [2, 3, 4, 5] as const;

/** Every status with which the audit listener answers. */
const AUDIT_STATUSES = [200, 304, 400, 401, 403, 404, 405, 406, 408, 409, 414, 429, 431, 500, 503] as const;

/**
 * Creates the counters of a node, and the callbacks that increment them.
 * @param servers number of the chain's servers.
 */
export function countersIn(registry: Registry, { servers }: { readonly servers: number }): NodeObserver {
  const registers = [registry];
  const batches = new Histogram({
    name: "mapae_batch_duration_seconds",
    help: "Time to write an atomic batch; sync is true if the write waited until the batch was on disk",
    labelNames: ["sync"],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const reorgs = new Histogram({
    name: "mapae_reorg_depth_blocks",
    help: "Blocks that were undone by each reorganisation of the chain",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const healings = new Counter({
    name: "mapae_index_healings_total",
    help: "How often the index was mended: its newest blocks undone and read again, replaced by one that was read again, or reopened after a fault of the disk",
    labelNames: ["how"],
    registers,
  });
  const rpcFailures = new Counter({
    name: "mapae_rpc_failures_total",
    help: "Requests to the chain that failed, and checks at which a server lagged, by kind; url is the position in MAPAE_RPC_URLS, from 0 on",
    labelNames: ["url", "kind"],
    registers,
  });
  // For each answer only a number is incremented; its label is looked up when the metrics are read.
  const answered = [0, 0, 0, 0, 0, 0];
  new Counter({
    name: "mapae_http_answers_total",
    help: "Answers of the public listener, by class of status",
    labelNames: ["class"],
    registers,
    collect() {
      // Classes that never occurred have the value 0.
      for (const one of STATUS_CLASSES) this.inc({ class: `${one}xx` }, answered[one]);
      answered.fill(0);
    },
  });
  const audits = new Counter({
    name: "mapae_audit_answers_total",
    help: "Answers of the audit listener, by status: 401 and 403 are requests without access",
    labelNames: ["status"],
    registers,
  });
  const refusals = new Counter({
    name: "mapae_http_refusals_total",
    help: "Connections closed and requests refused to protect other clients, by listener (public, audit, metrics) and reason",
    labelNames: ["listener", "reason"],
    registers,
  });
  const signatures = new Counter({
    name: "mapae_list_signatures_total",
    help: "Status lists that were signed, or that no key file or module could sign, by outcome",
    labelNames: ["outcome"],
    registers,
  });
  const attestations = new Counter({
    name: "mapae_attestations_total",
    help: "Attestations of blocks by outcome: signed here, failed to be signed, collected from another node, or refused",
    labelNames: ["outcome"],
    registers,
  });
  // An increase is the difference from an earlier value, so each counter starts at 0 before its first event.
  for (const sync of ["true", "false"]) batches.zero({ sync });
  for (const how of HEALINGS) healings.inc({ how }, 0);
  for (let url = 0; url < servers; url++) for (const kind of FAILURE_KINDS) rpcFailures.inc({ url, kind }, 0);
  for (const outcome of ["signed", "failed"]) signatures.inc({ outcome }, 0);
  for (const outcome of ATTESTATION_OUTCOMES) attestations.inc({ outcome }, 0);
  for (const listener of LISTENERS) for (const reason of REFUSALS) refusals.inc({ listener, reason }, 0);
  for (const status of AUDIT_STATUSES) audits.inc({ status }, 0);

  return {
    wroteBatch: ({ seconds, sync }) => batches.observe({ sync: String(sync) }, seconds),
    reorganised: (depth) => reorgs.observe(depth),
    healed: (how) => healings.inc({ how }),
    rpcFailed: ({ url, kind }) => rpcFailures.inc({ url, kind }),
    signedList: (succeeded) => signatures.inc({ outcome: succeeded ? "signed" : "failed" }),
    attested: (outcome) => attestations.inc({ outcome }),
    refused: (listener, reason) => refusals.inc({ listener, reason }),
    audited: (status) => audits.inc({ status: String(status) }),
    answered(status) {
      const first = Math.floor(status / 100);
      answered[first] = (answered[first] ?? 0) + 1;
    },
  };
}
