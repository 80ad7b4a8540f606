// Builds what the browser loads into the git-ignored `static/vendor/`: icon sprite, the application's icons, font, htmx, our
// CSS and JS.
// Run by bin/setup as `node build.mjs PYTHON`.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { appIcons } from "./app_icons.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const sources = join(root, "hatir/interface/web/static");
const target = join(sources, "vendor");
const waiting = join(here, "node_modules/.hatir-build");
const python = process.argv[2] ?? join(root, ".venv/bin/python");

function sprite() {
  const lines = readFileSync(join(here, "icons.txt"), "utf8").split("\n");
  const wanted = lines.map((line) => line.split("#")[0].trim()).filter(Boolean);
  const symbols = wanted.map((line) => {
    const [id, name = id] = line.split("=");
    const file = join(here, "node_modules/lucide-static/icons", `${name}.svg`);
    if (!existsSync(file)) throw new Error(`icons.txt: there is no lucide icon "${name}"`);
    const inner = readFileSync(file, "utf8").replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    return `<symbol id="${id}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "").trim()}</symbol>`;
  });
  const attributes =
    'xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  writeFileSync(join(waiting, "icons.svg"), `<svg ${attributes}>${symbols.join("")}</svg>\n`);
}

function htmx() {
  const ask = "import django_htmx, pathlib; print(pathlib.Path(django_htmx.__file__).parent)";
  const folder = join(execFileSync(python, ["-c", ask], { encoding: "utf8" }).trim(), "static/django_htmx");
  const parts = ["htmx-4.min.js", "ext/hx-sse-4.min.js"].map((name) => readFileSync(join(folder, name), "utf8"));
  writeFileSync(join(waiting, "htmx.js"), parts.join("\n;"));
}

// `hatir.css`, `hatir.js` and every `page-*.css|js` are entries; what they import is put into them. Addresses stay
// relative: `../vendor/x` is right from css/ and from vendor/ alike.
async function ownSources() {
  for (const kind of ["css", "js"]) {
    const folder = join(sources, kind);
    if (!existsSync(folder)) continue;
    const isEntry = (name) => name === `hatir.${kind}` || (name.startsWith("page-") && name.endsWith(`.${kind}`));
    const entryPoints = readdirSync(folder).filter(isEntry).map((name) => join(folder, name));
    if (!entryPoints.length) continue;
    const external = ["*.woff2", "*.svg", "*.png", "/static/*"];
    const target = ["chrome123", "safari17.5", "firefox121"];
    await build({ entryPoints, outdir: waiting, bundle: true, minify: true, format: "esm", external, target, logLevel: "warning" });
  }
}

rmSync(waiting, { recursive: true, force: true });
mkdirSync(waiting, { recursive: true });
sprite();
appIcons(waiting);
htmx();
execFileSync(python, [join(here, "font.py"), join(waiting, "inter.woff2")], { stdio: "inherit" });
cpSync(join(here, "node_modules/inter-ui/LICENSE.txt"), join(waiting, "inter.LICENSE.txt"));
cpSync(join(here, "node_modules/lucide-static/LICENSE"), join(waiting, "icons.LICENSE.txt"));
await ownSources();
rmSync(target, { recursive: true, force: true });
renameSync(waiting, target);
