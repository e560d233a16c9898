/** Ports on a member's machine, in addition to the validator's own. */
export const PORTS = {
  rpc: 8_545,
  besuMetrics: 9_545,
  gethMetrics: 6_060,
  /** geth always opens it. */
  gethEngine: 8_551,
  node: 8_080,
  nodeMetrics: 9_090,
  /** Its default, 9090, is the port of the node's metrics. */
  prometheus: 9_091,
  grafana: 3_000,
  https: 443,
} as const;

/** A host in a URL: IPv6 in brackets. */
export function inUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
