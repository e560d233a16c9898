import type { GoProgram } from "../../scripts/go-program.ts";

/** The version of Prometheus. */
const VERSION = "3.16.0";

/** Prometheus' own tool for checking rules. */
export const PROMTOOL: GoProgram = {
  name: "promtool",
  version: VERSION,
  // The version of its Go module.
  source: "github.com/prometheus/prometheus/cmd/promtool@v0.316.0",
  // Service discovery is left out, because tests of rules do not need it and it takes most of the compilation.
  flags: ["-tags=remove_all_sd", `-ldflags=-s -w -X github.com/prometheus/common/version.Version=${VERSION}`],
  go: "1.26.7",
  script: "test:alerts",
  printed: { by: "--version", pattern: /^promtool, version ([0-9.]+) / },
};
