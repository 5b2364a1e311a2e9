// The sites of the fixture people, served as the front door serves them, and the system's Chromium to look at them with.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const SITES = path.join(ROOT, "target/sites");
export const TEMPLATES = readdirSync(path.join(ROOT, "functions/generate/templates"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();
export const PEOPLE = readdirSync(path.join(ROOT, "functions/generate/fixtures"))
  .map((name) => path.basename(name, ".json"))
  .sort();
export const MODES = ["light", "dark"];
export const SIZES = {
  phone: { width: 360, height: 740 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1440, height: 900 },
};

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".json": "application/json",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".vcf": "text/vcard; charset=utf-8",
  ".woff2": "font/woff2",
};

// The browser of the system: `CHROMIUM` names another one.
export function chromium() {
  const known = [process.env.CHROMIUM, "/usr/lib/chromium/chromium", "/usr/bin/chromium", "/usr/bin/google-chrome"];
  const found = known.find((candidate) => candidate && existsSync(candidate));
  if (!found) throw new Error("no Chromium was found: install `chromium`, or name one in CHROMIUM");
  return found;
}

export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Renders every site and serves it on a free port until `close` is called.
export async function serve() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (request.method === "POST") return response.writeHead(204).end();
    const file = path.join(SITES, decodeURIComponent(path.extname(pathname) ? pathname : `${pathname}/index.html`));
    if (!file.startsWith(SITES) || !existsSync(file)) {
      return response.writeHead(404, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html><title>Not found</title>");
    }
    const compressed = /\.(html|json|vcf)$/.test(file);
    const body = readFileSync(file);
    const headers = {
      "content-type": TYPES[path.extname(file)] ?? "application/octet-stream",
      "cache-control": "public, max-age=60, must-revalidate",
      "content-security-policy": "base-uri 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
      "x-frame-options": "DENY",
      ...(compressed ? { "content-encoding": "gzip" } : {}),
    };
    const sent = compressed ? gzipSync(body) : body;
    response.writeHead(200, { ...headers, "content-length": sent.length }).end(sent);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  rmSync(SITES, { recursive: true, force: true });
  // The whole workspace, because one package alone would have its dependencies compiled anew, with fewer features.
  const built = process.env.SITES_EXAMPLE ?? path.join(ROOT, "target/debug/examples/sites");
  if (!process.env.SITES_EXAMPLE) {
    execFileSync("cargo", ["build", "--quiet", "--workspace", "--example", "sites"], { cwd: ROOT, stdio: "inherit" });
  }
  execFileSync(built, [SITES, address], { cwd: ROOT, stdio: "inherit" });
  return { address, close: () => server.close() };
}
