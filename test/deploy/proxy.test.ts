import assert from "node:assert/strict";
import { test } from "node:test";
import { readRepositoryFile } from "../docs/examples.ts";

const page = await readRepositoryFile("docs/operating-install.md");
const [, sample = ""] = /```nginx\n(.*?)```/s.exec(page) ?? [];
const directives = sample
  .split("\n")
  .map((line) => line.replace(/#.*/, "").trim().replaceAll(/\s+/g, " "))
  .filter((line) => line.endsWith(";"));

test("the sample of a proxy logs no request: neither all of them, nor those that are refused or not answered", () => {
  assert(directives.includes("access_log off;"));
  // At the level "error", nginx writes the client and the path of each.
  const [log, ...others] = directives.filter((line) => line.startsWith("error_log"));
  assert.match(log ?? "", / (?:crit|alert|emerg);$/);
  assert.deepEqual(others, []);
});

test("the sample of a proxy has what nginx needs for TLS, and answers 429 above each of its limits", () => {
  for (const name of ["ssl_certificate", "ssl_certificate_key", "server_name"])
    assert(
      directives.some((line) => line.startsWith(`${name} `)),
      name,
    );
  for (const name of ["limit_conn_status", "limit_req_status"]) assert(directives.includes(`${name} 429;`), name);
});

test("a client can't choose the address that the node behind the sample counts it by", () => {
  assert(directives.includes("proxy_set_header X-Forwarded-For $remote_addr;"));
  assert.match(page, /MAPAE_TRUSTED_PROXIES=127\.0\.0\.1/);
});
