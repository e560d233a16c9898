import assert from "node:assert/strict";
import { test } from "node:test";
import { readRepositoryFile } from "../docs/examples.ts";

const page = await readRepositoryFile("docs/operating-install.md");
const [, sample = ""] = /```nginx\n(.*?)```/s.exec(page) ?? [];
const directives = sample
  .split("\n")
  .map((line) => line.replace(/#.*/, "").trim().replaceAll(/\s+/g, " "))
  .filter((line) => line.endsWith(";"));

test("the sample configuration of a proxy logs no requests, not even refused and failed ones", () => {
  assert(directives.includes("access_log off;"));
  // At the level "error", nginx writes client and path of each failed request.
  const [log, ...others] = directives.filter((line) => line.startsWith("error_log"));
  assert.match(log ?? "", / (?:crit|alert|emerg);$/);
  assert.deepEqual(others, []);
});

test("the sample configuration of a proxy has nginx's settings for TLS, and answers 429 above each of its limits", () => {
  for (const name of ["ssl_certificate", "ssl_certificate_key", "server_name"])
    assert(
      directives.some((line) => line.startsWith(`${name} `)),
      name,
    );
  for (const name of ["limit_conn_status", "limit_req_status"]) assert(directives.includes(`${name} 429;`), name);
});

test("behind the sample configuration, a client can't choose the address by which the node counts it", () => {
  assert(directives.includes("proxy_set_header X-Forwarded-For $remote_addr;"));
  assert.match(page, /MAPAE_TRUSTED_PROXIES=127\.0\.0\.1/);
});
