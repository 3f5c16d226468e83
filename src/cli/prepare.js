// Plain JavaScript: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** Runs a command of this project and ends the process when it fails. */
export function run(command, args, env = {}) {
	const { status } = spawnSync(command, args, {
		cwd: root,
		stdio: 'inherit',
		shell: process.platform === 'win32',
		env: { ...process.env, ...env }
	});
	if (status !== 0) process.exit(status ?? 1);
}

/** Installs the packages of the lockfile unless just these are installed. */
export function installMissing() {
	const installed = new URL('node_modules/.package-lock.json', root);
	if (existsSync(installed) && sameVersions(installed)) return;
	run('npm', ['ci', '--no-audit', '--no-fund']);
}

function sameVersions(installed) {
	const wanted = packagesOf(new URL('package-lock.json', root));
	const have = packagesOf(installed);
	return Object.entries(wanted).every(
		([path, { version, optional, peer }]) =>
			path === '' || optional === true || peer === true || have[path]?.version === version
	);
}

function packagesOf(file) {
	return JSON.parse(readFileSync(file, 'utf8')).packages;
}
