import type { Json } from '#base/canonical.ts';
import type { KernelAnswer, KernelMessage } from '#wire/kernel-messages.ts';
import type { ToolSurface } from '#wire/mcp.ts';
import type { PermitPort } from '#app/protocol.ts';

/** All that a page reaches which somebody opened by a permit link: for its form, and for their scripts. */
export interface PermitDoor extends PermitPort {
	/** One message of the kernel's surface (KERNELS A9), such as `{method: 'POST', path: '/submit', body}`; `body` is JSON text. */
	message(permit: unknown, message: KernelMessage): Promise<KernelAnswer>;
	/** One JSON-RPC text in the shape of the Model Context Protocol; null where it wants no answer. */
	mcp(permit: unknown, text: string): Promise<string | null>;
}

/** What speaks the surface is loaded by whoever speaks it first. */
export function createPermitDoor(port: PermitPort, newId: () => string): PermitDoor {
	/** Of the permit that was shown last: it keeps what was given, for a holder whose line broke. */
	let opened: { readonly permit: string; readonly surface: Promise<ToolSurface | null> } | null = null;

	function surfaceOf(permit: unknown): Promise<ToolSurface | null> {
		const key = JSON.stringify(permit) ?? '';
		if (opened?.permit !== key) opened = { permit: key, surface: open(permit) };
		return opened.surface;
	}

	async function open(permit: unknown): Promise<ToolSurface | null> {
		const { permitSurface } = await import('#app/permit-surface.ts');
		const surface = permitSurface(port, permit as Json);
		return surface.ok ? surface.value : null;
	}

	return {
		byPermit: (permit, request) => port.byPermit(permit, request),
		async message(permit, message) {
			const [surface, { answer }] = await Promise.all([surfaceOf(permit), import('#wire/surface.ts')]);
			if (surface === null) return { status: 403, body: JSON.stringify({ error: 'This is no permit.' }) };
			return answer(surface, message);
		},
		async mcp(permit, text) {
			const [surface, { answerMcp }] = await Promise.all([surfaceOf(permit), import('#wire/mcp.ts')]);
			if (surface === null) return null;
			return answerMcp({ surface, actor: 'agent', newId }, text);
		}
	};
}
