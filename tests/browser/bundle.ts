import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'vite';

/** Bundles scripts of the tests into a copy of the build, which then serves each as `/FOLDER/NAME.js`. */
export async function addScripts(
	buildFolder: string,
	folder: string,
	scripts: Readonly<Record<string, URL>>
): Promise<void> {
	await bundle({
		configFile: false,
		root: fileURLToPath(new URL('..', import.meta.url)),
		base: `/${folder}/`,
		publicDir: false,
		logLevel: 'error',
		build: {
			target: 'es2022',
			outDir: join(buildFolder, folder),
			emptyOutDir: false,
			modulePreload: false,
			rolldownOptions: {
				input: Object.fromEntries(Object.entries(scripts).map(([name, url]) => [name, fileURLToPath(url)])),
				output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' }
			}
		}
	});
}
