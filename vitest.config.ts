import { defineConfig } from 'vitest/config';

const shared = {
	environment: 'node',
	testTimeout: 60_000,
	hookTimeout: 60_000,
	// Loading the core and both engines anew takes a third of what a file's tests take.
	isolate: false,
	setupFiles: 'tests/storage/begin-file.ts'
} as const;

/** What runs on either engine: tests of records through commands and views. */
const onBoth = [
	'tests/app/{archive,checklists,checkpoints,core,drift,evidence,evolution,feedback,hostile-handlers,identities,insight,permits,proof,reflections,replacement,schema,sharing,subtrees,tensions,threads,timeline,tree,values,verification}.test.ts',
	'tests/bundle/*.test.ts'
];

export default defineConfig({
	test: {
		globalSetup: 'tests/storage/prepare-postgres.ts',
		// By itself it leaves one of two cores idle.
		maxWorkers: '100%',
		projects: [
			{ test: { ...shared, name: 'sqlite', include: ['tests/**/*.test.ts'] } },
			{
				test: {
					...shared,
					name: 'postgres',
					include: onBoth,
					env: { MIRROR_ENGINE: 'postgres' }
				}
			}
		]
	}
});
