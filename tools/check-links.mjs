#!/usr/bin/env node
// Every relative link of the Markdown files leads to a file that is in the repository, and every #anchor to a heading
// of it. Part of `npm run lint`.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const list = (...args) =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ...args], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)));

const documents = list('*.md');
const files = new Set(list());
const folders = new Set([...files].flatMap((path) => ancestors(path)));

function ancestors(path) {
  const parent = dirname(path);
  return parent === '.' ? ['.'] : [parent, ...ancestors(parent)];
}

/** What code shows is no link. */
function prose(text) {
  return text.replaceAll(/^(```|~~~)[^]*?^\1/gm, '').replaceAll(/`[^`\n]*`/g, '``');
}

/** As GitHub names headings. */
function anchors(text) {
  const headings = [...text.replaceAll(/^```[^]*?^```/gm, '').matchAll(/^#{1,6}\s+(.*)$/gm)];
  return new Set(
    headings.map(([, heading]) =>
      heading
        .trim()
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function problemOf(document, target) {
  const [path, anchor] = target.split('#', 2);
  const found =
    path === '' ? document : normalize(join(dirname(document), path)).replace(/\/$/, '');
  if (!files.has(found) && !folders.has(found)) return `there is no ${relative('.', found)}`;
  if (anchor === undefined || !found.endsWith('.md')) return undefined;
  const known = anchors(readFileSync(join(root, found), 'utf8'));
  return known.has(anchor) ? undefined : `${found} has no heading #${anchor}`;
}

let broken = 0;
for (const document of documents) {
  const text = prose(readFileSync(join(root, document), 'utf8'));
  for (const [, target] of text.matchAll(/\]\(\s*<?([^)\s>]+)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const problem = problemOf(document, decodeURIComponent(target));
    if (problem === undefined) continue;
    broken += 1;
    console.error(`${document}: ${target}: ${problem}`);
  }
}
if (broken > 0) {
  console.error(`${broken} broken links.`);
  process.exitCode = 1;
}
