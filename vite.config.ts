import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { listPostgresFiles } from './src/cli/postgres-files.ts';

export default defineConfig({
	plugins: [sveltekit()],
	worker: { format: 'es', plugins: () => [listPostgresFiles()] },
	// Older targets would have light-dark() and :dir() rewritten.
	build: { target: 'es2022', cssTarget: ['chrome123', 'safari17.5', 'firefox120'] }
});
