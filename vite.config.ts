import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { listPostgresFiles } from './src/cli/postgres-files.ts';

/**
 * What the first page needs is one file, and what several of the others need is another: a first visit asks for half as
 * many. Both take along all that they import, so that no two files import each other.
 */
const groups = [
	{
		name: 'start',
		priority: 2,
		test: /client-optimized\/(app|nodes\/[012])\.js|runtime\/client\/(entry|bundle)\.js|routes\/\+(layout|page|error)\./
	},
	{ name: 'shared', priority: 1, minShareCount: 2, test: /\/src\// }
];

export default defineConfig({
	plugins: [sveltekit()],
	worker: { format: 'es', plugins: () => [listPostgresFiles()] },
	// Older targets would have light-dark() and :dir() rewritten.
	build: { target: 'es2022', cssTarget: ['chrome123', 'safari17.5', 'firefox120'] },
	environments: { client: { build: { rolldownOptions: { output: { codeSplitting: { groups } } } } } }
});
