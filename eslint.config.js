import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** The deterministic folders: what they need of the machine is passed in. */
const reachedFor = ['Date', 'Math', 'fetch', 'crypto', 'performance', 'setTimeout', 'setInterval'];
const passedIn = 'is passed in, never reached for (CONTRIBUTING)';

export default ts.config(
	{ ignores: ['node_modules', '.svelte-kit', 'build', 'tests/vectors', 'static', 'test-results'] },
	js.configs.recommended,
	...ts.configs.recommended,
	...svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		rules: {
			'no-undef': 'off',
			'no-console': ['error', { allow: ['error'] }],
			'no-restricted-imports': ['error', 'svelte/store', '$app/stores'],
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }]
		}
	},
	{
		files: ['**/*.ts', '**/*.svelte'],
		languageOptions: {
			parserOptions: {
				project: ['./tsconfig.json', './tsconfig.worker.json', './tsconfig.node.json'],
				extraFileExtensions: ['.svelte'],
				tsconfigRootDir: import.meta.dirname
			}
		},
		rules: { '@typescript-eslint/no-floating-promises': 'error' }
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
		rules: {
			// The app is served at the root of its origin, so a path is its own address.
			'svelte/no-navigation-without-resolve': 'off',
			// It asks the type of every expression, for stores; there are none, and none may come.
			'svelte/require-store-reactive-access': 'off'
		}
	},
	{
		files: ['src/{kernel,domain,wire}/**/*.ts'],
		rules: {
			'no-restricted-properties': [
				'error',
				{ object: 'Math', property: 'random', message: `randomness ${passedIn}` }
			],
			'no-restricted-globals': [
				'error',
				...reachedFor
					.filter((name) => name !== 'Math')
					.map((name) => ({ name, message: `${name} ${passedIn}` }))
			]
		}
	},
	{ files: ['src/cli/**', 'tests/**'], rules: { 'no-console': 'off' } }
);
