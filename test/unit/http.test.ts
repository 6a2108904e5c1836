import {
  createServer,
  get as httpGet,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from "node:http";
import { setTimeout } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { get } from "../../src/updates/http.ts";
import type { NpmSettings } from "../../src/updates/npm_settings.ts";
import { resolve } from "../../src/updates/registry.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** Starts a server on loopback; returns its address, ending with `/`. */
async function serve(listener: RequestListener, host = "127.0.0.1"): Promise<string> {
  const server = createServer(listener).listen(0, host);
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://${host}:${(server.address() as { port: number }).port}/`;
}

const settings = (registry: string, more: Partial<NpmSettings> = {}): NpmSettings => ({
  registry,
  credentials: {},
  ca: [],
  strictSSL: true,
  proxy: undefined,
  noProxy: undefined,
  replaceHost: "never",
  ...more,
});

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("a reader that stops reading stops the sender: memory does not grow with the body", async () => {
  let sent = 0;
  const chunk = Buffer.alloc(1 << 16);
  const url = await serve((_request, response) => {
    const more = (): void => {
      while (sent < 200 << 20) {
        sent += chunk.length;
        if (!response.write(chunk)) return void response.once("drain", more);
      }
    };
    more();
  });
  const { body, discard } = await get(url, settings(url));
  for await (const _ of body) break;
  await setTimeout(300);
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(40 << 20);
  discard();
});

test("a body that stalls, and one that ends too early, are failures that say so", async () => {
  const url = await serve((request, response) => {
    response.writeHead(200, { "content-length": 10 });
    response.write("12345");
    if (request.url === "/cut") void setTimeout(20).then(() => response.destroy());
  });
  await expect(text((await get(`${url}stall`, settings(url), { idleMs: 100 })).body))
    .rejects.toThrow(/sent nothing for 0.1 s/);
  await expect(text((await get(`${url}cut`, settings(url))).body))
    .rejects.toMatchObject({ code: "registry-unreachable" });
});

test("the token goes to its own host only, also when that one redirects", async () => {
  const seen: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end("here");
  });
  const url = await serve((request, response) => {
    seen.push(request.headers.authorization);
    const location = request.url === "/away" ? other : "/away";
    response.writeHead(302, { location }).end();
  });
  const credentials = { [`${url.slice(5)}:_authToken`]: "s3cret" };
  expect(await text((await get(`${url}start`, settings(url, { credentials }))).body)).toBe("here");
  expect(seen).toEqual(["Bearer s3cret", "Bearer s3cret", undefined]);
});

test("redirects that never end, or lead out of the web, are refused", async () => {
  const url = await serve((request, response) => {
    response.writeHead(302, { location: request.url === "/file" ? "file:///etc/passwd" : request.url }).end();
  });
  await expect(get(`${url}x`, settings(url))).rejects.toThrow(/in a circle/);
  await expect(get(`${url}file`, settings(url))).rejects.toThrow(/do not follow/);
});

test("a registry that is busy for a moment is asked again, one that stays so is named", async () => {
  let asked = 0;
  const url = await serve((request, response) => {
    response.writeHead(request.url === "/never" || asked++ < 1 ? 503 : 200).end("at last");
  });
  expect(await text((await get(url, settings(url))).body)).toBe("at last");
  expect(asked).toBe(2);
  await expect(get(`${url}never`, settings(url))).rejects.toMatchObject({
    code: "registry-unreachable",
    message: expect.stringContaining("503"),
  });
});

test("a proxy is used, except for hosts that are excepted", async () => {
  const through: (string | undefined)[] = [];
  const url = await serve((_request, response) => void response.end("registry"));
  const proxy = await serve((request, response) => {
    through.push(request.url);
    httpGet(request.url!, (answer: IncomingMessage) => void answer.pipe(response));
  });
  expect(await text((await get(`${url}a`, settings(url, { proxy }))).body)).toBe("registry");
  expect(await text((await get(`${url}b`, settings(url, { proxy, noProxy: "127.0.0.1" }))).body)).toBe(
    "registry",
  );
  expect(through).toEqual([`${url}a`]);
});

const linux = { os: "linux", arch: "x64" };
const NAME = "@anthropic-ai/claude-code-linux-x64";

/** A registry with one platform package as its description `dist` says. */
function describe(dist: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<string> {
  return serve((_request, response) =>
    void response.end(JSON.stringify({ name: NAME, version: "2.1.300", dist, ...more }))
  );
}

const integrity = `sha512-${btoa("x".repeat(64))}`;

test("a tarball at a replaced host, or always, is fetched from the registry instead", async () => {
  const url = `${await describe({ tarball: "https://origin.example/@a/b/-/b-1.tgz", integrity })}npm/`;
  const tarball = async (replaceHost: string) =>
    (await resolve("2.1.300", linux, settings(url, { replaceHost }))).tarball;
  expect(await tarball("origin.example")).toBe(`${url}@a/b/-/b-1.tgz`);
  expect(await tarball("always")).toBe(`${url}@a/b/-/b-1.tgz`);
  expect(await tarball("never")).toBe("https://origin.example/@a/b/-/b-1.tgz");
});

test.each([
  ["no hash", { tarball: "https://x.example/b.tgz" }, {}],
  ["SHA-1 only", { tarball: "https://x.example/b.tgz", integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }, {}],
  ["an empty hash", { tarball: "https://x.example/b.tgz", integrity: "" }, {}],
  ["no tarball", { integrity }, {}],
  ["a tarball off the web", { tarball: "file:///etc/passwd", integrity }, {}],
  ["another package", { tarball: "https://x.example/b.tgz", integrity }, { name: "evil" }],
  ["another version", { tarball: "https://x.example/b.tgz", integrity }, { version: "2.1.1" }],
])("a description with %s is refused", async (_name, dist, more) => {
  const url = await describe(dist, more);
  await expect(resolve("2.1.300", linux, settings(url))).rejects.toMatchObject({
    code: "package-unverifiable",
  });
});

test("a version in a tag is validated before it goes anywhere", async () => {
  const url = await serve((_request, response) => void response.end('{"version":"../../x"}'));
  await expect(resolve("latest", linux, settings(url))).rejects.toMatchObject({ code: "version-unknown" });
  await expect(resolve("../../x", linux, settings(url))).rejects.toThrow(/neither a version/);
});

test("a page that is no registry, a name that does not resolve, a closed port", async () => {
  const url = await serve((_request, response) => void response.end("<html>log in</html>"));
  const failure = (registry: string) => resolve("latest", linux, settings(registry)).catch((error) => error);
  expect(await failure(url)).toMatchObject({
    code: "registry-unreachable",
    message: expect.stringMatching(/not an npm/),
  });
  expect(await failure("http://no-such.invalid/")).toMatchObject({ code: "registry-unreachable" });
  expect(await failure("http://127.0.0.1:1/")).toMatchObject({
    code: "registry-unreachable",
    message: expect.stringContaining("ECONNREFUSED"),
  });
});
