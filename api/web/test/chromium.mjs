import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));

/**
 * Unpacks the locked Chromium once, into a folder named after its version.
 *
 * The package unpacks into the system's temporary folder and takes whatever lies there, which may be
 * another version or half of one. So it gets a folder of its own, which takes its final name when whole.
 */
async function unpack() {
  const manifest = JSON.parse(await readFile(join(MODULES, '@sparticuz/chromium/package.json'), 'utf8'));
  const cache = join(MODULES, '.cache');
  const home = join(cache, `chromium-${manifest.version}`);
  const executable = join(home, 'chromium');
  if (existsSync(executable)) return executable;

  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(join(cache, 'unpacking-'));
  const temporary = process.env['TMPDIR'];
  try {
    process.env['TMPDIR'] = unfinished;
    const { default: pack } = await import('@sparticuz/chromium');
    await pack.executablePath();
    await rename(unfinished, home).catch((error) => {
      // Another run was faster; its copy is as good.
      if (!existsSync(executable)) throw error;
    });
  } finally {
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
    await rm(unfinished, { recursive: true, force: true });
  }
  return executable;
}

/** Starts headless Chromium; it also runs as root and in small containers. */
export async function launch() {
  return chromium.launch({
    executablePath: await unpack(),
    headless: true,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'],
  });
}
