import { describe, expect, test } from 'vitest';
import { parseMigration } from '#storage/migration.ts';
import { file, migrationsOf } from './migrations.ts';

const { core, index } = migrationsOf.sqlite;

describe('a migration file', () => {
	test('is read with its header, its SQL in both directions and its checksum, whatever its line ends', () => {
		const unix = parseMigration(core);
		expect(unix).toMatchObject({
			ok: true,
			value: {
				name: '001_core.sql',
				version: '1.0.0',
				date: '2026-01-01',
				description: 'Test of 001_core.sql'
			}
		});
		expect(parseMigration({ ...core, text: core.text.replaceAll('\n', '\r\n') })).toEqual(unix);
		if (!unix.ok) return;
		expect(unix.value.forward).not.toContain('ROLLBACK');
		expect(unix.value.reverse).toBe(
			'DROP TABLE parent;\nDROP TABLE child;\nDROP TABLE apart;\n-- and these\nDROP TABLE storage_holds;\nDROP TABLE schema_version;'
		);
		expect(unix.value.checksum).toMatch(/^[0-9a-f]{64}$/);
	});

	test('may call its way back DOWN, or have none', () => {
		const down = parseMigration({ ...index, text: index.text.replace('-- ROLLBACK:', '-- DOWN') });
		expect(down).toMatchObject({ ok: true, value: { reverse: 'DROP INDEX child_by_parent;' } });
		expect(parseMigration(file('004_x.sql', '2.0.0', 'SELECT 1;', null))).toMatchObject({
			value: { reverse: null }
		});
		expect(parseMigration(file('004_x.sql', '2.0.0', 'SELECT 1;', ''))).toMatchObject({
			value: { reverse: null }
		});
	});

	test('may speak of rolling back and of down without meaning its way back', () => {
		const forward = '-- Down below:\n-- ROLLBACK is at the end\n-- rollback:\nSELECT 1;';
		const parsed = parseMigration(file('004_x.sql', '2.0.0', forward, 'SELECT 2;'));
		expect(parsed.ok && parsed.value.forward).toContain(forward);
		expect(parsed).toMatchObject({ value: { reverse: 'SELECT 2;' } });
	});

	test.each([
		['another name', { name: '002_core.sql', text: core.text }],
		['no number', file('core.sql', '1.0.0', '', null)],
		['no version', { name: '001_core.sql', text: core.text.replace(/-- Version.*\n/, '') }],
		['a version of two numbers', file('001_core.sql', '1.0', '', null)]
	])('with %s is malformed', (_, wrong) => {
		expect(parseMigration(wrong)).toMatchObject({ ok: false, error: { code: 'malformed' } });
	});
});
