import type { IncomingMessage, ServerResponse } from "node:http";
import { collectDefaultMetrics, type Registry } from "@prometheus-io/client";
import { type Listener, type ListenerOptions, openListener } from "../http/server/listener.ts";

export interface MetricsOptions extends Omit<ListenerOptions, "handle" | "variables" | "onAnswer" | "trustedProxies"> {
  readonly registry: Registry;
}

/** Connection and request limits: lower than those of the public listener, because few clients read metrics. */
const METRICS_CLIENT_LIMITS = { connections: 64, clientConnections: 16, requests: 64, clientRequests: 16 };

const TEXT = "text/plain; charset=utf-8";

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
    if (request.url?.split("?", 1)[0] !== "/metrics") return answer(response, 404, "Wanted /metrics\n");
    if (request.method !== "GET" && request.method !== "HEAD") return answer(response, 405, "Wanted GET or HEAD\n");
    registry
      .metrics()
      .then((text) => answer(response, 200, text, registry.contentType))
      .catch((error: unknown) => {
        onFault(error);
        answer(response, 500, "The metrics can't be read; the node's log says why\n");
      });
  };
  const limits = { ...METRICS_CLIENT_LIMITS, ...options.limits };
  return openListener({ ...options, handle, limits, variables: "MAPAE_METRICS_HOST or MAPAE_METRICS_PORT" });
}

function answer(response: ServerResponse, status: number, body: string, type = TEXT): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(status === 405 && { allow: "GET, HEAD" }),
  });
  response.end(body);
}
