import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Wallet } from "ethers";
import { parse } from "yaml";
import { type Kit, kitOf } from "../../../cli/founding/kit.ts";
import besu from "../../vectors/besu-options.json" with { type: "json" };
import { REPOSITORY } from "../harness.ts";
import { MINISTRIES } from "./members.ts";

/** Folders of a checkout and of the kit's files in the kit's README. */
const [CHECKOUT, ETC] = ["/opt/mapae/", "/etc/mapae/"];

const members = MINISTRIES.map((member) => {
  return { ...member, port: 30_303, validator: `0x${Wallet.createRandom().signingKey.publicKey.slice(4)}` };
});
const consortium = {
  label: "gov",
  chainId: 82_026_001,
  blockPeriod: 1,
  consensus: "qbft" as const,
  funded: [],
  members,
};
const [own] = members;
assert(own);
const { files }: Kit = kitOf(consortium, members, own);
const text = (name: string) => files[name] ?? assert.fail(`the kit has no ${name}`);

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly [setting: string]: unknown;
}
const compose: {
  readonly services: Readonly<Record<"caddy" | "prometheus" | "grafana", Service>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
  readonly volumes: Readonly<Record<string, null>>;
} = parse(text("compose.yaml"));
const { caddy, prometheus, grafana } = compose.services;

test("every option of besu.toml is one of Besu's, and none is there twice", () => {
  const names = text("besu.toml")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("=", 1)[0] ?? "");
  assert.equal(new Set(names).size, names.length);
  assert(names.includes("min-gas-price"));
  for (const name of names) assert(besu.options.includes(name), name);
});

test("compose runs exact versions, without rights that they do not need, on this machine's own addresses", () => {
  assert.deepEqual(Object.keys(compose.services), ["caddy", "prometheus", "grafana"]);
  for (const [name, service] of Object.entries(compose.services)) {
    assert.match(service.image, /^[a-z]+(?:\/[a-z]+)?:v?\d+\.\d+\.\d+$/, name);
    assert.deepEqual(
      [service.network_mode, service.read_only, service.cap_drop, service.security_opt],
      ["host", true, ["ALL"], ["no-new-privileges:true"]],
      name,
    );
    assert.match(String(service.mem_limit), /^\d+m$/, name);
  }
  // A port below 1 024.
  assert.deepEqual(
    Object.entries(compose.services).flatMap(([name, { cap_add: added }]) => (added === undefined ? [] : [name])),
    ["caddy"],
  );
});

test("every mount of compose is in the kit or a checkout, or is a declared volume", async () => {
  const volumes = new Set<string>();
  for (const [source = "", target = "", mode] of Object.values(compose.services).flatMap((service) =>
    service.volumes.map((one) => one.split(":")),
  )) {
    assert(target.startsWith("/"), target);
    if (!source.startsWith("/")) {
      volumes.add(source);
      continue;
    }
    assert.equal(mode, "ro", source);
    if (source.startsWith(ETC)) text(source.slice(ETC.length));
    else
      await stat(join(REPOSITORY, source.startsWith(CHECKOUT) ? source.slice(CHECKOUT.length) : assert.fail(source)));
  }
  assert.deepEqual([...volumes].sort(), Object.keys(compose.volumes).sort());
  const used = Object.values(compose.services).flatMap(({ configs = [] }) => configs.map(({ source }) => source));
  assert.deepEqual(used.sort(), Object.keys(compose.configs).sort());
});

test("Prometheus reads the kit's configuration and Mapae's alerts, at a port that nothing else of the machine has", () => {
  const flags = Object.fromEntries((prometheus.command ?? []).map((flag) => flag.split("=", 2)));
  const [, port] = String(flags["--web.listen-address"]).split(":");
  const jobs: { static_configs: { targets: string[] }[] }[] = parse(text("prometheus.yml")).scrape_configs;
  const scraped = jobs.flatMap((job) => job.static_configs.flatMap(({ targets }) => targets));
  assert(!scraped.includes(`127.0.0.1:${port}`));
  const at = (file: string) => prometheus.volumes.some((one) => one.split(":")[1] === file);
  const [rules]: string[] = parse(text("prometheus.yml")).rule_files;
  assert(at(String(flags["--config.file"])) && at(`/etc/prometheus/${rules}`));
  assert(prometheus.volumes.includes(`prometheus-data:${flags["--storage.tsdb.path"]}`));
});

test("Grafana asks that Prometheus, shows Mapae's dashboard, has no password that everybody knows, and listens on 127.0.0.1", async () => {
  const content = (target: string) => {
    const { source } = grafana.configs?.find((one) => one.target === target) ?? assert.fail(target);
    return parse(compose.configs[source]?.content ?? "");
  };
  const { datasources } = content("/etc/grafana/provisioning/datasources/mapae.yaml");
  const flag = prometheus.command?.find((one) => one.startsWith("--web.listen-address="));
  assert.deepEqual(
    datasources.map(({ type, url, isDefault }: Record<string, unknown>) => [type, url, isDefault]),
    [["prometheus", `http://${flag?.split("=")[1]}`, true]],
  );
  const [{ options }] = content("/etc/grafana/provisioning/dashboards/mapae.yaml").providers;
  const mounted = grafana.volumes.map((one) => one.split(":")).find(([, target]) => target === options.path);
  const folder = join(REPOSITORY, (mounted?.[0] ?? assert.fail(options.path)).slice(CHECKOUT.length));
  assert.equal(JSON.parse(await readFile(join(folder, "mapae-node.json"), "utf8")).uid, "mapae-node");
  const { environment = {} } = grafana;
  assert.equal(environment.GF_SERVER_HTTP_ADDR, "127.0.0.1");
  assert.equal(environment.GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION, "true");
  assert(!Object.keys(environment).some((name) => name.includes("PASSWORD")));
});

test("Caddy reads the kit's file, which has the member's name and the node's port", () => {
  assert(caddy.volumes.includes(`${ETC}Caddyfile:/etc/caddy/Caddyfile:ro`));
  assert.match(text("Caddyfile"), /^\}\nnode\.interior\.example \{\n\treverse_proxy 127\.0\.0\.1:8080\n\}\n$/m);
});

test("nobody on the machine can configure Caddy, whose log has no request", () => {
  const [, options = ""] = /^\{\n(.*?)^\}$/ms.exec(text("Caddyfile")) ?? [];
  assert.match(options, /^\tadmin off$/m);
  // The loggers of a request that failed, and of an answer that the node broke off.
  assert.match(options, /^\tlog \{\n\t\texclude http\.log\.error http\.handlers\.reverse_proxy\n\t\}$/m);
});

test("the firewall replaces its former rules, lets IPv6 find its neighbours, and lets each other member reach two ports", () => {
  const lines = text("firewall.nft")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  // Loading a file adds to an existing table, so without the deletion a member that left would keep its access.
  assert.deepEqual(lines.slice(0, 3), ["table inet mapae", "delete table inet mapae", "table inet mapae {"]);
  assert(lines.includes("type filter hook input priority 0; policy drop;"));
  const accepted = lines.filter((line) => / accept\b/.test(line)).map((line) => line.replace(/ accept.*/, ""));
  assert.deepEqual(accepted, [
    "ct state established,related",
    "iif lo",
    "icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert }",
    ...members
      .slice(1)
      .map(({ host }) => `${host.includes(":") ? "ip6" : "ip"} saddr ${host} tcp dport { 30303, 8545 }`),
    "tcp dport 443",
  ]);
});

test("what has to survive a reboot is enabled, and every user that reads a file may", () => {
  const readme = text("README.md");
  for (const unit of ["besu", "nftables", "mapae-node"])
    assert(readme.includes(`systemctl enable --now ${unit}`), unit);
  assert.match(readme, /install -m 0644/);
});
