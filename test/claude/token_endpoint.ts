import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";

/** Where Claude Code refreshes a login, `POST /v1/oauth/token` (2.1.329). */
const host = "platform.claude.com";

/**
 * A stand-in for the token endpoint: a CONNECT proxy on loopback (HTTPS_PROXY) that plays the one host itself, with a CA
 * of its own (NODE_EXTRA_CA_CERTS), and lets nothing else through. Each refresh token works once.
 */
export class TokenEndpoint {
  /** Refresh tokens in the order in which they were presented. */
  readonly presented: string[] = [];
  /** Access tokens that are good. */
  readonly issued = new Set<string>();
  readonly #sockets = new Set<Socket>();
  readonly #proxy: Server;
  readonly #endpoint: ReturnType<typeof createTlsServer>;
  #valid = "refresh-0";

  private constructor(readonly ca: string, key: string, certificate: string) {
    this.#endpoint = createTlsServer({ key, cert: certificate }, (request, response) => {
      let text = "";
      request.on("data", (data) => text += data);
      request.on("end", () => {
        const [status, answer] = request.url === "/v1/oauth/token" ? this.#refresh(text) : [404, {}];
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      });
    });
    this.#proxy = createServer((client) => {
      this.#sockets.add(client);
      client.on("error", () => {});
      client.once("data", (head) => {
        if (!head.toString("latin1").startsWith(`CONNECT ${host}:443 `)) {
          return client.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        }
        const upstream = connect((this.#endpoint.address() as AddressInfo).port, "127.0.0.1", () => {
          client.write("HTTP/1.1 200 OK\r\n\r\n");
          client.pipe(upstream).pipe(client);
        });
        upstream.on("error", () => client.destroy());
        client.on("close", () => upstream.destroy());
      });
    });
  }

  /** @param directory where the CA is kept */
  static async start(directory: string): Promise<TokenEndpoint> {
    const [key, certificate] = [join(directory, "ca.key"), join(directory, "ca.pem")];
    const words = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
    ];
    words.push(
      "-keyout",
      key,
      "-out",
      certificate,
      "-subj",
      `/CN=${host}`,
      "-addext",
      `subjectAltName=DNS:${host}`,
    );
    execFileSync("openssl", words, { stdio: "pipe" });
    const endpoint = new TokenEndpoint(
      certificate,
      readFileSync(key, "utf8"),
      readFileSync(certificate, "utf8"),
    );
    for (const server of [endpoint.#endpoint, endpoint.#proxy]) {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    }
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`;
  }

  /** Writes a login whose access token has expired. */
  writeExpiredLogin(path: string): void {
    const claudeAiOauth = {
      accessToken: "access-0",
      refreshToken: this.#valid,
      expiresAt: Date.now() - 3_600_000,
      scopes: ["user:inference", "user:profile"],
      subscriptionType: "max",
    };
    writeFileSync(path, JSON.stringify({ claudeAiOauth }), { mode: 0o600 });
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#proxy.close();
    this.#endpoint.close();
  }

  #refresh(text: string): [number, object] {
    const { refresh_token: token } = JSON.parse(text) as { refresh_token: string };
    this.presented.push(token);
    if (token !== this.#valid) return [400, { error: "invalid_grant", error_description: "used before" }];
    const count = this.issued.size + 1;
    this.#valid = `refresh-${count}`;
    this.issued.add(`access-${count}`);
    const scope = "user:inference user:profile";
    return [200, {
      token_type: "Bearer",
      access_token: `access-${count}`,
      refresh_token: this.#valid,
      expires_in: 28800,
      scope,
    }];
  }
}
