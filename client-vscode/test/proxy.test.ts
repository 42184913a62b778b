import assert from "node:assert/strict";
import { test } from "node:test";
import { proxyVariables } from "../src/proxy";

const variables = (values: Record<string, unknown>) =>
  proxyVariables({ get: (key) => values[key] });

test("the proxy of VS Code is the one of pip, in either case of letters", () => {
  const proxy = "http://user:word@proxy.example:3128";
  assert.deepEqual(variables({ proxy, noProxy: ["localhost", "10.0.0.0/8"] }), {
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    NO_PROXY: "localhost,10.0.0.0/8",
    no_proxy: "localhost,10.0.0.0/8",
  });
});

test("without a proxy in VS Code pip goes by its environment", () => {
  assert.deepEqual(variables({}), {});
  assert.deepEqual(variables({ proxy: " ", noProxy: [] }), {});
  assert.deepEqual(variables({ proxy: 3128, noProxy: "localhost" }), {});
});

test("a proxy that is switched off for extensions is not used", () => {
  assert.deepEqual(variables({ proxy: "http://proxy.example", proxySupport: "off" }), {});
});
