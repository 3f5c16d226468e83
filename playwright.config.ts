import { defineConfig } from '@playwright/test';

const port = Number(process.env['PORT'] ?? 4317);

/** What the browser is to do without. The last list counts alone, so that Playwright's own (1.65) has to stand here too. */
const features = [
	...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
	...['HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'PaintHolding', 'OptimizationHints'],
	...['ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'NetworkTimeServiceQuerying'],
	...['AimEnabled', 'PreconnectToSearch'],
	// Its address bar's lists: two pages more for every window, drawn beside the one under test and never seen.
	...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup']
];

/**
 * Against the production build, in the system's Chromium, with its own background traffic switched off. No test knows of
 * another: what two of them share is the server at PORT, which keeps nothing.
 */
export default defineConfig({
	testDir: 'tests/browser',
	testMatch: '**/*.spec.ts',
	workers: 2,
	fullyParallel: true,
	timeout: 120_000,
	// Only what fails takes it: how fast a page is, is not looked at.
	expect: { timeout: 20_000 },
	forbidOnly: true,
	outputDir: 'test-results',
	reporter: [['list'], ['json']],
	use: {
		baseURL: `http://localhost:${port}`,
		viewport: { width: 1280, height: 800 },
		launchOptions: {
			executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
				`--disable-features=${features.join()}`
			]
		}
	},
	webServer: {
		command: 'node --import tsx src/cli/serve.ts',
		env: { PORT: String(port) },
		port,
		reuseExistingServer: false
	}
});
