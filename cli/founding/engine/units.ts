import type { KnownMember } from "../consortium.ts";
import { PATHS } from "./besu-config.ts";
import { GETH_PATHS, gethArguments } from "./geth-config.ts";

/** A systemd unit that runs Besu as a user of its own, without privileges that it does not need. */
export function besuUnit(): string {
  const start = [`ExecStart=${PATHS.binary} --config-file=${PATHS.etc}/besu.toml`, "Environment=JAVA_OPTS=-Xmx1g"];
  return unit({ name: "Besu", user: "besu", start });
}

/** The same for geth, which creates block 0 from the genesis before its first start, and finds it at each later one. */
export function gethUnit(own: KnownMember): string {
  const { binary, data, etc } = GETH_PATHS;
  const start = [
    `ExecStartPre=${binary} init --datadir ${data} ${etc}/genesis.json`,
    `ExecStart=${binary} ${gethArguments(own).join(" ")}`,
    // geth stores its newest states only at an orderly shutdown.
    "KillSignal=SIGINT",
  ];
  return unit({ name: "geth", user: "geth", start });
}

/**
 * The units that restart a validator that hangs while the others continue: its program then still answers, with an old block,
 * and ignores SIGTERM. The timer starts again after each check.
 */
export function watchdogUnits(service: string): Readonly<Record<string, string>> {
  return {
    [`${service}-watchdog.service`]: `[Unit]
Description=Restarts the validator ${service} when it hangs and the chain goes on

[Service]
Type=oneshot
User=mapae
EnvironmentFile=/etc/mapae/node.env
# Succeeds when it hangs; else nothing below is done.
ExecCondition=/opt/mapae/node_modules/.bin/node /opt/mapae/cli/mapae.mjs validators hung --for 60s
ExecStart=+/usr/bin/systemctl kill --signal=SIGKILL ${service}.service
ExecStart=+/usr/bin/systemctl restart ${service}.service
`,
    [`${service}-watchdog.timer`]: `[Unit]
Description=Looks every minute and a half whether the validator ${service} hangs

[Timer]
OnBootSec=5min
OnUnitInactiveSec=30s

[Install]
WantedBy=timers.target
`,
  };
}

function unit({ name, user, start }: { name: string; user: string; start: readonly string[] }): string {
  return `[Unit]
Description=${name}: validator of a consortium
Wants=network-online.target
After=network-online.target

[Service]
User=${user}
Group=${user}
${start.join("\n")}
StateDirectory=${user}
StateDirectoryMode=0700
UMask=0077

Restart=on-failure
RestartSec=5s
# A validator that hangs ignores the first signal.
TimeoutStopSec=60s
LimitNOFILE=65536
MemoryMax=3G

NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes

[Install]
WantedBy=multi-user.target
`;
}
