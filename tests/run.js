// Plain JavaScript: `npm test` in a fresh clone installs, then checks everything and counts.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installMissing } from '../src/cli/prepare.js';

const browsers = [
	process.env.CHROME_PATH,
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
];

installMissing();
const { chromium } = await import('@playwright/test');
const browser = [...browsers, chromium.executablePath()].find((path) => path && existsSync(path));
if (browser === undefined) {
	console.error(
		'No browser to test with. Install Chromium (Debian: apt-get install chromium) or set CHROME_PATH.'
	);
	process.exit(2);
}

const reports = mkdtempSync(join(tmpdir(), 'mirror-tests-'));
const unitReport = join(reports, 'unit.json');
const browserReport = join(reports, 'browser.json');
let passed = 0;
let failed = 0;

// Each of these keeps one core busy; what both of them begin with is made once, before.
npm(['exec', '--', 'svelte-kit', 'sync']);
const lint = beside(['run', '--silent', 'lint']);
const rest = beside(['run', '--silent', 'check']).then(async (checked) => [
	checked,
	await beside(['run', '--silent', 'build'])
]);
for (const { isPassed, output } of [await lint, ...(await rest)]) {
	process.stdout.write(output);
	count(isPassed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
}
npm([
	'exec',
	'--',
	'vitest',
	'run',
	'--reporter=default',
	'--reporter=json',
	`--outputFile.json=${unitReport}`
]);
count(unitCounts(unitReport));
npm(['exec', '--', 'playwright', 'test'], {
	PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport,
	CHROME_PATH: browser
});
count(browserCounts(browserReport));
rmSync(reports, { recursive: true });

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function npm(args, env = {}) {
	return spawnSync('npm', args, { stdio: 'inherit', env: { ...process.env, ...env } }).status === 0;
}

/** Runs beside others; what it says is kept together. */
function beside(args) {
	const child = spawn('npm', args, { stdio: ['ignore', 'pipe', 'pipe'] });
	const said = [];
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => said.push(bytes));
	return new Promise((resolve) => {
		child.on('close', (code) => resolve({ isPassed: code === 0, output: Buffer.concat(said) }));
		child.on('error', (error) => resolve({ isPassed: false, output: `${error.message}\n` }));
	});
}

function count(more) {
	passed += more.passed;
	failed += more.failed;
}

/** A runner that wrote no report, or ran nothing, has failed. */
function unitCounts(file) {
	if (!existsSync(file)) return { passed: 0, failed: 1 };
	const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(file, 'utf8'));
	const broken = Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0);
	return { passed: numPassedTests, failed: numPassedTests === 0 ? Math.max(1, broken) : broken };
}

function browserCounts(file) {
	if (!existsSync(file)) return { passed: 0, failed: 1 };
	const { stats, errors } = JSON.parse(readFileSync(file, 'utf8'));
	const broken = stats.unexpected + stats.flaky + errors.length;
	return { passed: stats.expected, failed: stats.expected === 0 ? Math.max(1, broken) : broken };
}
