// Plain JavaScript: `npm test` in a fresh clone installs, then checks everything and counts.
import { spawnSync } from 'node:child_process';
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

for (const script of ['lint', 'check', 'build'])
	count(npm(['run', '--silent', script]) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
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
