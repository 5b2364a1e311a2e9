// Signing in as a person does it: in Chromium, with the twelve lines of the README, by a certified OpenID provider and with a
// passkey of the browser's own (virtual) authenticator. Starts a stack of its own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import Provider from "oidc-provider";
import { chromium as playwright } from "playwright-core";
import typescript from "typescript";
import { FLAGS, ROOT, chromium } from "./sites.mjs";

const LINES = readFileSync(new URL("sign-in.ts", import.meta.url), "utf8");
assert.ok(readFileSync(path.join(ROOT, "README.md"), "utf8").includes(LINES), "the README shows other lines");
const PASSWORD = "quite a long sentence of mine";
const unique = () => `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;

// A port that is free now, and whose next one is.
async function freePort() {
  const listen = (port) =>
    new Promise((resolve, reject) => {
      const server = createServer().once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve(server));
    });
  for (;;) {
    const first = await listen(0);
    const { port } = first.address();
    const second = await listen(port + 1).catch(() => undefined);
    await Promise.all([first, second].map((server) => server && new Promise((done) => server.close(done))));
    if (second) return port;
  }
}


// The certified provider: people sign in there by any name.
async function provider(port, redirectUri) {
  const issuer = `http://127.0.0.1:${port}`;
  const oidc = new Provider(issuer, {
    clients: [{ client_id: "vitae", client_secret: "a secret: of & tests", redirect_uris: [redirectUri] }],
    pkce: { required: () => true },
    claims: { email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: [unique()] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: "Ada King" }),
    }),
  });
  const server = createServer(oidc.callback());
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { issuer, close: () => server.close() };
}

// A stack that knows the provider; its data is where the developer's own is, and nothing of that is touched.
async function stack(port, providers) {
  const local = spawn("cargo", ["local", "--port", String(port)], {
    cwd: ROOT,
    env: { ...process.env, SIGN_IN_PROVIDERS: JSON.stringify(providers) },
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  let ended = false;
  local.on("exit", () => (ended = true));
  const deadline = Date.now() + 30 * 60_000;
  for (;;) {
    const healthy = await fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false);
    if (healthy) break;
    if (ended || Date.now() > deadline) throw new Error("the stack did not start");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return () =>
    new Promise((resolve) => {
      if (ended) return resolve();
      local.on("exit", resolve);
      process.kill(-local.pid, "SIGINT");
    });
}

// A page of the app's origin with the README's lines as `window.vitae`. What the API answers is no page, and its policy
// lets none run a script, so the test's browser goes past that policy.
async function app(context, address) {
  const page = await context.newPage();
  await page.goto(address);
  await bring(page);
  return page;
}

async function bring(page) {
  const lines = typescript.transpileModule(LINES, { compilerOptions: { module: "ESNext", target: "ES2022" } }).outputText;
  await page.evaluate(async (text) => {
    window.vitae = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  }, lines);
}

const me = (page, token) =>
  page.evaluate(async (token) => {
    const answer = await fetch("/api/v1/users/me", { headers: { authorization: `Bearer ${token}` } });
    return answer.json();
  }, token);

async function byPassword(browser, address) {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await app(context, `${address}/healthz`);
  const email = `${unique()}@example.com`;
  const { access_token } = await page.evaluate(async ([email, password]) => {
    const headers = { "content-type": "application/json" };
    await fetch("/api/v1/users/register", { method: "POST", headers, body: JSON.stringify({ email, password }) });
    return window.vitae.signIn(email, password);
  }, [email, PASSWORD]);
  assert.equal((await me(page, access_token)).email, email);
  // The page is loaded anew: the cookie and the token beside it bring the session back.
  await page.reload();
  await bring(page);
  const renewed = await page.evaluate(() => window.vitae.refresh());
  assert.equal((await me(page, renewed.access_token)).email, email);
  assert.equal(await page.evaluate(() => document.cookie), "", "no script may see a cookie");
  await context.close();
  return { email, access_token };
}

// A page of another site that knows the address has the browser send a request with its cookies; none reaches the session.
async function fromAForeignPage(browser, address) {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await app(context, `${address}/healthz`);
  const email = `${unique()}@example.com`;
  await page.evaluate(async ([email, password]) => {
    const headers = { "content-type": "application/json" };
    await fetch("/api/v1/users/register", { method: "POST", headers, body: JSON.stringify({ email, password }) });
    return window.vitae.signIn(email, password);
  }, [email, PASSWORD]);
  const csrf = await page.evaluate(() => localStorage.csrf);
  const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const foreign = await context.newPage();
  // `localhost` is another site than `127.0.0.1`.
  await foreign.goto(`http://localhost:${server.address().port}/`);
  const sent = await foreign.evaluate(async ([address, csrf]) => {
    const refresh = `${address}/api/v1/users/refresh`;
    const read = await fetch(refresh, { method: "POST", credentials: "include", headers: { "x-csrf-token": csrf } }).then(
      () => "was answered",
      () => "was kept from it",
    );
    await fetch(refresh, { method: "POST", credentials: "include", mode: "no-cors" }).catch(() => undefined);
    return read;
  }, [address, csrf]);
  assert.equal(sent, "was kept from it");
  // The session is as it was.
  const renewed = await page.evaluate(() => window.vitae.refresh());
  assert.equal((await me(page, renewed.access_token)).email, email);
  server.close();
  await context.close();
}

async function elsewhere(browser, address) {
  const name = `ada-${unique()}`;
  const users = [];
  for (const _ of ["a new account", "the same again"]) {
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`${address}/api/v1/users/oauth/certified/start?return_to=/healthz`);
    await page.fill('input[name="login"]', name);
    await page.fill('input[name="password"]', "any");
    await page.click('button[type="submit"]');
    // What the provider asks the person to agree to.
    await page.click('button[type="submit"]');
    await page.waitForURL((url) => url.href.startsWith(`${address}/healthz#`));
    const { hash } = new URL(page.url());
    assert.match(hash, /^#oauth_ticket=[\w-]{43}$/);
    await bring(page);
    const { access_token } = await page.evaluate(() => window.vitae.elsewhere());
    const user = await me(page, access_token);
    assert.equal(user.email, `${name}@example.com`);
    assert.equal(user.email_verified, true);
    assert.equal(user.identities[0].provider, "certified");
    users.push(user.user_id);
    const renewed = await page.evaluate(() => window.vitae.refresh());
    assert.equal((await me(page, renewed.access_token)).email, user.email);
    // The ticket is used up, also for this browser.
    const again = await page.evaluate(() => window.vitae.elsewhere());
    assert.equal(again.access_token, undefined);
    await context.close();
  }
  assert.equal(users[0], users[1]);

  // The person says no at the provider.
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${address}/api/v1/users/oauth/certified/start?return_to=/healthz`);
  await page.click('a[href$="/abort"]');
  await page.waitForURL((url) => url.href.startsWith(`${address}/healthz#`));
  assert.equal(new URL(page.url()).hash, "#oauth_error=denied");
  await context.close();
}

// Passkeys are for a host with a name, so the page is on `localhost` here.
async function byPasskey(browser, address) {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await app(context, `${address.replace("127.0.0.1", "localhost")}/healthz`);
  const device = await context.newCDPSession(page);
  await device.send("WebAuthn.enable");
  const { authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const email = `${unique()}@example.com`;
  const made = await page.evaluate(async ([email, password]) => {
    const send = (path, body, token) =>
      fetch(`/api/v1/users${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body: JSON.stringify(body),
      });
    await send("/register", { email, password });
    const { access_token } = await window.vitae.signIn(email, password);
    const { public_key } = await (await send("/passkeys/register/start", {}, access_token)).json();
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(public_key);
    const credential = await navigator.credentials.create({ publicKey });
    const answer = await send("/passkeys/register/finish", { name: "this browser", credential: credential.toJSON() }, access_token);
    return { status: answer.status, body: await answer.json() };
  }, [email, PASSWORD]);
  assert.equal(made.status, 201, JSON.stringify(made.body));

  const signIn = () =>
    page.evaluate(async () => {
      const send = (path, body) =>
        fetch(`/api/v1/users${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      const { public_key } = await (await send("/passkeys/login/start", {})).json();
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(public_key);
      const credential = await navigator.credentials.get({ publicKey });
      const answer = await send("/passkeys/login/finish", { credential: credential.toJSON() });
      return { status: answer.status, body: await answer.json() };
    });
  const signedIn = await signIn();
  assert.equal(signedIn.status, 200, JSON.stringify(signedIn.body));
  assert.equal(signedIn.body.user.email, email);
  const claims = JSON.parse(Buffer.from(signedIn.body.access_token.split(".")[1], "base64url"));
  assert.deepEqual(claims.amr, ["pop", "user", "mfa"]);

  // A copy of the key, whose count stands where it stood before.
  assert.equal((await signIn()).status, 200);
  const { credentials } = await device.send("WebAuthn.getCredentials", { authenticatorId });
  await device.send("WebAuthn.clearCredentials", { authenticatorId });
  await device.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credentials[0], signCount: 0 } });
  assert.equal((await signIn()).status, 401);
  // A device that verifies nobody makes no proof.
  await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await assert.rejects(signIn());
  await context.close();
}

const port = await freePort();
const address = `http://127.0.0.1:${port}`;
const certified = await provider(await freePort(), `${address}/api/v1/users/oauth/certified/callback`);
const client = { client_id: "vitae", client_secret: "a secret: of & tests" };
const stop = await stack(port, [{ id: "certified", name: "A certified provider", issuer: certified.issuer, ...client }]);
let browser;
try {
  // A profile of its own, so that nothing of another run counts.
  browser = await playwright.launch({ executablePath: chromium(), args: FLAGS, env: { ...process.env, HOME: mkdtempSync(path.join(tmpdir(), "vitae-")) } });
  for (const [what, test] of Object.entries({ byPassword, fromAForeignPage, elsewhere, byPasskey })) {
    await test(browser, address);
    console.log(`passed: ${what}`);
  }
} finally {
  await browser?.close();
  certified.close();
  await stop();
}
