import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import npm from "@npmcli/config/lib/definitions/index.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { npmSettings } from "../../src/updates/npm_settings.ts";
import { scratch } from "./scratch.ts";

let dir = "";
const started = process.cwd();

beforeEach(() => {
  dir = scratch();
  for (const name of ["home", "local", "etc", "project"]) mkdirSync(join(dir, name));
});
afterEach(() => process.chdir(started));

const put = (path: string, ...lines: string[]) => writeFileSync(join(dir, path), lines.join("\n") + "\n");
const read = (env: Record<string, string> = {}) =>
  npmSettings({ HOME: join(dir, "home"), ...env }, [join(dir, "local"), join(dir, "etc")]);

const PEM = rootCertificates[0]!;
/** Certificates as far as a reader of files can tell. */
const made = (name: string) => `-----BEGIN CERTIFICATE-----\n${btoa(name)}\n-----END CERTIFICATE-----`;

test("nothing said means npm's own registry, checked certificates and no credentials", async () => {
  const settings = await read();
  expect(settings.registry).toBe(npm.definitions.registry!.default);
  expect(settings).toMatchObject({ strictSSL: true, credentials: {}, proxy: undefined, noProxy: undefined });
  expect(settings.ca).toContain(PEM.trim());
});

test("environment beats the user's file, that beats the machine's two", async () => {
  put("etc/npmrc", "registry=https://etc.example/", "noproxy=etc.example", "strict-ssl=false");
  expect((await read()).registry).toBe("https://etc.example/");
  put("local/npmrc", "registry=https://local.example/", "noproxy=local.example");
  expect((await read()).registry).toBe("https://local.example/");
  put("home/.npmrc", "registry=https://user.example/npm");
  expect(await read()).toMatchObject({
    registry: "https://user.example/npm/",
    noProxy: "local.example",
    strictSSL: false,
  });
  expect((await read({ npm_config_registry: "https://env.example" })).registry).toBe("https://env.example/");
  expect((await read({ NPM_CONFIG_REGISTRY: "https://env.example" })).registry).toBe("https://env.example/");
  expect((await read({ Npm_Config_Strict_Ssl: "true" })).strictSSL).toBe(true);
});

test("a registry of the packages' own scope wins, its neighbours do not count", async () => {
  put(
    "home/.npmrc",
    "@anthropic-ai:registry=https://scope.example/",
    "@other:registry=https://other.example/",
  );
  expect((await read({ npm_config_registry: "https://env.example/" })).registry).toBe(
    "https://scope.example/",
  );
});

test("the .npmrc of the directory we stand in, or of one above it, is never read", async () => {
  for (const place of ["project", "."]) {
    put(
      `${place}/.npmrc`,
      "registry=https://planted.example/",
      "//h/:_authToken=planted",
      "strict-ssl=false",
    );
    put(`${place}/package.json`, '{"name":"planted"}');
  }
  process.chdir(join(dir, "project"));
  const settings = await read({ npm_config_local_prefix: join(dir, "project") });
  expect(settings.registry).not.toContain("planted");
  expect(settings).toMatchObject({ strictSSL: true, credentials: {} });
});

test("other places for the user's and the machine's file can be named", async () => {
  put("u", "registry=https://u.example/", `globalconfig=${dir}/g`);
  put("g", "https-proxy=http://proxy.example:3128");
  put("local/npmrc", "https-proxy=http://wrong.example");
  const settings = await read({ npm_config_userconfig: join(dir, "u") });
  expect(settings).toMatchObject({ registry: "https://u.example/", proxy: "http://proxy.example:3128" });
  mkdirSync(join(dir, "prefix/etc"), { recursive: true });
  put("prefix/etc/npmrc", "registry=https://prefix.example/");
  expect((await read({ npm_config_prefix: join(dir, "prefix") })).registry).toBe("https://prefix.example/");
});

test("variables in a file are filled in from the environment", async () => {
  put("home/.npmrc", "//r.example/npm/:_authToken=${MY_TOKEN}", "registry=https://${MY_HOST}/npm/");
  expect(await read({ MY_TOKEN: "s3cret", MY_HOST: "r.example" })).toMatchObject({
    registry: "https://r.example/npm/",
    credentials: { "//r.example/npm/:_authToken": "s3cret" },
  });
});

test("credentials in the registry's address are kept apart from it", async () => {
  const settings = await read({ npm_config_registry: "https://me:p%40ss@r.example/npm" });
  expect(settings.registry).toBe("https://r.example/npm/");
  expect(settings.credentials).toEqual({ "//r.example/npm/:_auth": btoa("me:p@ss") });
});

test("authorities of cafile, ca, NODE_EXTRA_CA_CERTS, the system and the runtime all count", async () => {
  put("a.pem", made("one"), made("two"));
  put("extra.pem", made("extra"));
  put("home/.npmrc", `cafile=${dir}/a.pem`, `ca[]="${made("three").replaceAll("\n", "\\n")}"`);
  const { ca } = await read({ NODE_EXTRA_CA_CERTS: join(dir, "extra.pem") });
  for (const name of ["one", "two", "three", "extra"]) expect(ca).toContain(made(name));
  expect(ca).toContain(PEM.trim());
  const system = readFileSync("/etc/ssl/certs/ca-certificates.crt", "utf8");
  expect(ca).toContain(system.slice(0, system.indexOf("-----END")).trim() + "\n-----END CERTIFICATE-----");
  const { ca: more } = await read({ npm_config_ca: `${made("x")}\n\n${made("y")}` });
  expect(more).toEqual(expect.arrayContaining([made("x"), made("y")]));
});

test("a file of authorities that is gone adds nothing; one that cannot be read is named", async () => {
  expect((await read({ npm_config_cafile: join(dir, "gone.pem") })).ca).toContain(PEM.trim());
  await expect(read({ npm_config_cafile: join(dir, "home") })).rejects.toMatchObject({
    message: expect.stringContaining(join(dir, "home")),
    code: "registry-tls",
  });
});

test("proxies and their exceptions, in npm's order", async () => {
  put("home/.npmrc", "proxy=http://p.example:1", "noproxy=a.example,b.example");
  expect(await read()).toMatchObject({ proxy: "http://p.example:1", noProxy: "a.example,b.example" });
  expect((await read({ npm_config_https_proxy: "http://s.example:2" })).proxy).toBe("http://s.example:2");
});

test.each([
  [{}, new URL(String(npm.definitions.registry!.default)).hostname],
  [{ npm_config_replace_registry_host: "never" }, "never"],
  [{ npm_config_replace_registry_host: "https://old.example/x" }, "old.example"],
])("replace-registry-host %j is understood", async (env, expected) => {
  expect((await read(env as Record<string, string>)).replaceHost).toBe(expected);
});

test("a registry that is no web address is refused without repeating it", async () => {
  const error = await read({ npm_config_registry: "ftp://me:s3cret@x/" }).catch((error) => error);
  expect(error).toMatchObject({ name: "Failure", code: "npm-settings" });
  expect(`${error.message} ${error.hint}`).not.toContain("s3cret");
});

test("neither the given environment nor the process's own is touched", async () => {
  const env = { HOME: join(dir, "home"), npm_config_registry: "https://r.example/", npm_config_omit: "dev" };
  const before = { ...process.env };
  await npmSettings(env, [join(dir, "local"), join(dir, "etc")]);
  expect(env).toEqual({
    HOME: join(dir, "home"),
    npm_config_registry: "https://r.example/",
    npm_config_omit: "dev",
  });
  expect({ ...process.env }).toEqual(before);
});
