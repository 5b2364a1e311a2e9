// Looks at every template with every person, light and dark, on a phone, a tablet, a desktop and on paper: valid HTML, no
// scrolling sideways, nothing cut off, no error, no violation that axe-core knows. Pictures of what was looked at are kept in
// target/browser. With `--quick`, two people, a phone and a desktop, no pictures. `PEOPLE=student,hebrew` names other people.
import { mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { HtmlValidate } from "html-validate";
import { chromium as playwright } from "playwright-core";
import { FLAGS, MODES, PEOPLE, ROOT, SITES, SIZES, TEMPLATES, chromium, serve } from "./sites.mjs";

const quick = process.argv.includes("--quick");
const people = process.env.PEOPLE?.split(",") ?? (quick ? ["arabic", "full"] : PEOPLE);
const sizes = quick ? ["phone", "desktop"] : Object.keys(SIZES);
const pictures = path.join(ROOT, "target/browser");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const validator = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: {
    // The page is written for machines; a person reads it rendered.
    "no-trailing-whitespace": "off",
    "no-inline-style": "error",
    // Numbers in `tel:` links are the person's own spelling; what is between digits is theirs to choose.
    "tel-non-breaking": "off",
    // h-card names its parts so.
    "class-pattern": "off",
  },
});

// What a page and its fonts may weigh together, compressed, in bytes, whatever language it is in.
const LARGEST = 60_000;

const faults = [];
const rows = new Map();
const row = (template) =>
  rows.get(template) ?? rows.set(template, { pages: 0, checks: 0, violations: 0, largest: 0, fonts: 0 }).get(template);

async function look(page, address, at) {
  const errors = [];
  const note = (message) => message.type() === "error" && errors.push(message.text());
  page.on("console", note);
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("requestfailed", (request) => errors.push(`${request.url()} was not answered`));
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(address).origin) && !request.url().startsWith("data:")) errors.push(`asks ${request.url()}`);
  });
  const answer = await page.goto(address, { waitUntil: "load" });
  if (!answer.ok()) errors.push(`answers ${answer.status()}`);
  await page.evaluate(() => document.fonts.ready);
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const cut = [...document.body.querySelectorAll("h1,h2,h3,p,li,dd,a,time")].filter((element) => {
      const box = element.getBoundingClientRect();
      const shown = box.width > 1 && getComputedStyle(element).visibility !== "hidden" && !element.closest("[aria-hidden], .skip");
      return shown && (box.right > width + 1 || box.left < -1);
    });
    return [document.documentElement.scrollWidth - width, cut.map((element) => element.textContent.trim().slice(0, 40))];
  });
  if (wide[0] > 0) faults.push(`${at}: scrolls sideways by ${wide[0]} pixels`);
  for (const text of wide[1]) faults.push(`${at}: cut off: ${text}`);
  for (const error of errors) faults.push(`${at}: ${error}`);
  page.removeAllListeners();
}

// axe-core runs in a world of its own, which the page's policy does not bind.
async function violations(page, at) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const run = async (expression) => {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
      expression,
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  await run(`${axe};0`);
  const found = await run(
    "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.target + ' ' + (n.any[0]?.message ?? '')).join('; ')))",
  );
  await session.detach();
  for (const violation of found) faults.push(`${at}: axe: ${violation}`);
  return found.length;
}

const { address, close } = await serve();
const browser = await playwright.launch({ executablePath: chromium(), args: FLAGS });
mkdirSync(pictures, { recursive: true });
for (const template of TEMPLATES) {
  for (const person of people) {
    for (const mode of MODES) {
      const slug = `${template}-${person}-${mode}`;
      const html = readFileSync(path.join(SITES, "p", slug, "index.html"), "utf8");
      const report = await validator.validateString(html);
      for (const message of report.results.flatMap((result) => result.messages)) {
        faults.push(`${slug}: HTML: ${message.ruleId}: ${message.message} (line ${message.line})`);
      }
      const figures = row(template);
      // Every font that lies beside a page is asked for by it.
      const folder = path.join(SITES, "p", slug);
      const fonts = readdirSync(folder).filter((name) => name.endsWith(".woff2"));
      const fontsWeigh = fonts.reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
      const weight = gzipSync(html, { level: 9 }).length + fontsWeigh;
      if (weight > figures.largest) Object.assign(figures, { largest: weight, fonts: fontsWeigh });
      if (weight > LARGEST) faults.push(`${slug}: weighs ${weight} bytes`);
      figures.pages += 1;
      for (const size of sizes) {
        const at = `${slug} ${size}`;
        const page = await browser.newPage({ viewport: SIZES[size], reducedMotion: "reduce" });
        await look(page, `${address}/p/${slug}`, at);
        figures.violations += await violations(page, at);
        figures.checks += 1;
        if (!quick) await page.screenshot({ path: path.join(pictures, `${slug}-${size}.png`), fullPage: true });
        await page.close();
      }
      if (!quick) {
        const page = await browser.newPage({ viewport: { width: 794, height: 1123 } });
        await page.emulateMedia({ media: "print" });
        await look(page, `${address}/p/${slug}`, `${slug} print`);
        await page.pdf({ path: path.join(pictures, `${slug}-print.pdf`), preferCSSPageSize: true });
        await page.close();
        figures.checks += 1;
      }
    }
  }
}
await browser.close();
close();

console.log("| template | pages | views | axe violations | heaviest page with its fonts, KB | of which fonts, KB |");
console.log("| --- | ---: | ---: | ---: | ---: | ---: |");
const kilo = (bytes) => (bytes / 1000).toFixed(1);
for (const [template, figures] of rows) {
  console.log(`| ${template} | ${figures.pages} | ${figures.checks} | ${figures.violations} | ${kilo(figures.largest)} | ${kilo(figures.fonts)} |`);
}
if (faults.length > 0) {
  console.error(`\n${faults.join("\n")}\n`);
}
const views = [...rows.values()].reduce((sum, figures) => sum + figures.checks, 0);
console.log(`${Math.max(views - faults.length, 0)} passed, ${faults.length} failed`);
process.exitCode = faults.length > 0 ? 1 : 0;
