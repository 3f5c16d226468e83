import type { Plugin, Rolldown } from 'vite';

/** Where a build says which of its files are PostgreSQL's alone: a JSON list of their paths in it. */
export const postgresFilesList = '_app/postgres-files.json';

/** The module through which everything of PostgreSQL is reached. */
const entrance = '/src/app/postgres.ts';
/** Emitted because PGlite names it; with a seed nobody runs it. */
const unused = '/initdb.wasm';

type Bundle = Rolldown.OutputBundle;
type Chunk = Rolldown.OutputChunk;

/** Part of the build of workers: finds PostgreSQL's files by who leads to them, whatever they are called. */
export function listPostgresFiles(): Plugin {
	return {
		name: 'mirror-postgres-files',
		generateBundle(_options, bundle) {
			for (const file of Object.values(bundle)) {
				const isUnused =
					file.type === 'asset' && file.originalFileNames.some((name) => name.endsWith(unused));
				if (isUnused) delete bundle[file.fileName];
			}
			const found = filesBehind(entrance, bundle);
			if (found.length === 0) return;
			this.emitFile({ type: 'asset', fileName: postgresFilesList, source: JSON.stringify(found) });
		}
	};
}

/** The files to which one module leads, and nothing else does. */
function filesBehind(module: string, bundle: Bundle): string[] {
	const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
	const doors = chunks.filter(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
	const entries = chunks.filter(({ isEntry }) => isEntry);
	const others = reached(entries, bundle, new Set(doors.map(({ fileName }) => fileName)));
	return [...reached(doors, bundle, others)].sort();
}

/** Every file to which these chunks lead, by whichever kind of import; not through `closed`. */
function reached(from: readonly Chunk[], bundle: Bundle, closed: ReadonlySet<string>): Set<string> {
	const names = new Set<string>();
	const visit = (name: string): void => {
		const file = bundle[name];
		if (file === undefined || names.has(name) || closed.has(name)) return;
		names.add(name);
		if (file.type === 'asset') return;
		const assets = file.viteMetadata?.importedAssets ?? [];
		for (const next of [...file.imports, ...file.dynamicImports, ...assets]) visit(next);
	};
	for (const { fileName } of from) visit(fileName);
	return names;
}
