// Takes the pictures of the templates out of their real pages: the thumbnails that the API shows, and those of the README.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium as playwright } from "playwright-core";
import UPNG from "upng-js";
import { FLAGS, MODES, ROOT, TEMPLATES, chromium, serve } from "./sites.mjs";

// Whose page it is: somebody with something to show in each template.
const PERSON = { "business-professional": "long" };
const VIEW = { width: 1280, height: 960 };

const { address, close } = await serve();
const browser = await playwright.launch({ executablePath: chromium(), args: FLAGS });

async function take(slug, width, colours) {
  const page = await browser.newPage({ viewport: VIEW, deviceScaleFactor: width / VIEW.width });
  await page.goto(`${address}/p/${slug}`);
  await page.evaluate(() => document.fonts.ready);
  const image = UPNG.decode(await page.screenshot());
  await page.close();
  return Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, colours));
}

mkdirSync(path.join(ROOT, "docs/pictures"), { recursive: true });
for (const template of TEMPLATES) {
  const person = PERSON[template] ?? "full";
  const files = [[path.join(ROOT, "functions/generate/templates", template, "thumbnail.png"), "light", 480, 48]];
  for (const mode of MODES) files.push([path.join(ROOT, "docs/pictures", `${template}-${mode}.png`), mode, 800, 64]);
  for (const [file, mode, width, colours] of files) {
    const png = await take(`${template}-${person}-${mode}`, width, colours);
    writeFileSync(file, png);
    console.log(`${path.relative(ROOT, file)} ${png.length}`);
  }
}
await browser.close();
close();
