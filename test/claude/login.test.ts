import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ClaudeHost, files } from "./claude_host.ts";
import { MessagesApi } from "./messages_api.ts";
import { TokenEndpoint } from "./token_endpoint.ts";

test("three sessions that refresh an expired login at once refresh it once, and all go on", async () => {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  const host = new ClaudeHost(api.url);
  mkdirSync(join(host.home, "ca"));
  const tokens = await TokenEndpoint.start(join(host.home, "ca"));
  onTestFinished(() => tokens.stop());
  api.accepts = (token) => tokens.issued.has(token);
  delete host.env.CLAUDE_CODE_OAUTH_TOKEN;
  Object.assign(host.env, { HTTPS_PROXY: tokens.url, NODE_EXTRA_CA_CERTS: tokens.ca });
  const login = join(host.shared, ".credentials.json");
  tokens.writeExpiredLogin(login);

  const names = ["one", "two", "three"];
  const all = await Promise.all(names.map((name) => host.session([name], ["-p", `I am ${name}`])));
  expect(all).toMatchObject(names.map(() => ({ status: 0, stdout: "understood\n" })));
  expect(tokens.presented).toEqual(["refresh-0"]);
  expect(new Set(api.requests.map(({ authorization }) => authorization))).toEqual(
    new Set(["Bearer access-1"]),
  );
  expect(JSON.parse(readFileSync(login, "utf8"))).toMatchObject({
    claudeAiOauth: { accessToken: "access-1", refreshToken: "refresh-1" },
  });
  expect(files(host.home).filter((path) => path.endsWith(".credentials.json"))).toEqual([login]);
}, 60_000);
