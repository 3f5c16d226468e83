import adapter from '@sveltejs/adapter-static';

/** @type {import('@sveltejs/kit').Config} */
export default {
	kit: {
		// One shell for every route: pages are drawn in the browser, from the person's own database.
		adapter: adapter({ fallback: 'index.html' }),
		// Deep links must find their chunks offline, where only `index.html` answers.
		paths: { relative: false },
		serviceWorker: { register: false },
		typescript: {
			config: (config) => ({
				...config,
				include: [
					'ambient.d.ts',
					'non-ambient.d.ts',
					'./types/**/$types.d.ts',
					'../vite.config.ts',
					'../src/app.d.ts',
					'../src/app/connect.ts',
					'../src/app/rescue/page.ts',
					...['routes', 'shell', 'ui'].flatMap((folder) => [
						`../src/${folder}/**/*.ts`,
						`../src/${folder}/**/*.svelte`
					])
				],
				exclude: ['../node_modules/**']
			})
		}
	}
};
