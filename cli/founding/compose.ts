import { PORTS } from "./ports.ts";

/** Containers by their exact versions. A tag can be moved: an operator may add a digest after checking it. */
const IMAGES = {
  caddy: "caddy:2.11.4",
  prometheus: "prom/prometheus:v3.13.3",
  grafana: "grafana/grafana:12.4.4",
} as const;

/** Options of every service: no privilege that it does not need, and the host's network, where validator and node listen. */
const BOUNDS = `    network_mode: host
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
`;

/** The folders of Mapae and its files, as in the kit's README. */
const [MAPAE, ETC] = ["/opt/mapae", "/etc/mapae"];

/**
 * A Compose file for the services around validator and node on a member's machine: the proxy with TLS, Prometheus with Mapae's
 * alerts, and Grafana with Mapae's dashboard. Grafana has no accounts: everybody who can connect to this machine's 127.0.0.1
 * sees the dashboard.
 */
export function composeYaml(): string {
  return `# Beside this file: Caddyfile and prometheus.yml. docker compose --file ${ETC}/compose.yaml up --detach
name: mapae-around
services:
  caddy:
    image: ${IMAGES.caddy}
${BOUNDS}    cap_add: [NET_BIND_SERVICE]
    mem_limit: 256m
    volumes:
      - ${ETC}/Caddyfile:/etc/caddy/Caddyfile:ro
      - caddy-data:/data
      - caddy-config:/config
  prometheus:
    image: ${IMAGES.prometheus}
    command:
      - --config.file=/etc/prometheus/prometheus.yml
      - --storage.tsdb.path=/prometheus
      - --storage.tsdb.retention.time=30d
      - --web.listen-address=127.0.0.1:${PORTS.prometheus}
${BOUNDS}    mem_limit: 512m
    volumes:
      - ${ETC}/prometheus.yml:/etc/prometheus/prometheus.yml:ro
      - ${MAPAE}/deploy/prometheus/alerts.yaml:/etc/prometheus/alerts.yaml:ro
      - prometheus-data:/prometheus
  grafana:
    image: ${IMAGES.grafana}
${BOUNDS}    mem_limit: 512m
    environment:
      GF_SERVER_HTTP_ADDR: 127.0.0.1
      GF_SERVER_HTTP_PORT: "${PORTS.grafana}"
      GF_AUTH_ANONYMOUS_ENABLED: "true"
      GF_AUTH_ANONYMOUS_ORG_ROLE: Viewer
      GF_AUTH_DISABLE_LOGIN_FORM: "true"
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: "true"
      GF_ANALYTICS_REPORTING_ENABLED: "false"
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false"
    configs:
      - source: datasource
        target: /etc/grafana/provisioning/datasources/mapae.yaml
      - source: dashboards
        target: /etc/grafana/provisioning/dashboards/mapae.yaml
    volumes:
      - ${MAPAE}/deploy/grafana:/var/lib/mapae-dashboards:ro
      - grafana-data:/var/lib/grafana
configs:
  datasource:
    content: |
      apiVersion: 1
      datasources:
        - name: Prometheus
          type: prometheus
          url: http://127.0.0.1:${PORTS.prometheus}
          isDefault: true
  dashboards:
    content: |
      apiVersion: 1
      providers:
        - name: mapae
          type: file
          allowUiUpdates: false
          options: { path: /var/lib/mapae-dashboards }
volumes:
  caddy-data:
  caddy-config:
  prometheus-data:
  grafana-data:
`;
}
