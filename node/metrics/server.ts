import type { IncomingMessage, ServerResponse } from "node:http";
import { collectDefaultMetrics, type Registry } from "@prometheus-io/client";
import { send } from "../http/answer.ts";
import { type Listener, type ListenerOptions, openListener } from "../http/server/listener.ts";

export interface MetricsOptions extends Omit<ListenerOptions, "handle" | "variables" | "onAnswer" | "trustedProxies"> {
  readonly registry: Registry;
}

/** Connection and request limits: lower than those of the public listener, because few clients read metrics. */
const METRICS_CLIENT_LIMITS = { connections: 64, clientConnections: 16, requests: 64, clientRequests: 16 };

const TEXT = "text/plain; charset=utf-8";
const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/**
 * Opens the listener of `/metrics`, in Prometheus' text format, including metrics of the process. It is for operators: web
 * pages can't read it (no CORS), and the public listener does not serve it.
 *
 * @throws PortInUseError when host and port are taken.
 */
export function startMetrics(options: MetricsOptions): Promise<Listener> {
  const { registry, onFault } = options;
  collectDefaultMetrics({ register: registry });
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
      send(request, response, { status, headers: { "content-type": TEXT, ...headers }, body }, HEADERS);
    if (request.url?.split("?", 1)[0] !== "/metrics") return answer(404, "Wanted /metrics\n");
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answer(405, "Wanted GET or HEAD\n", { allow: "GET, HEAD" });
    }
    registry
      .metrics()
      .then((text) => answer(200, text, { "content-type": registry.contentType }))
      .catch((error: unknown) => {
        onFault(error);
        answer(500, "The metrics can't be read; the node's log says why\n");
      });
  };
  const limits = { ...METRICS_CLIENT_LIMITS, ...options.limits };
  return openListener({ ...options, handle, limits, variables: "MAPAE_METRICS_HOST or MAPAE_METRICS_PORT" });
}
