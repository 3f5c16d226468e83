/** A host that cannot exist (RFC 6761, section 6.4): the probe reaches nobody even where nothing stops it. */
const nowhere = 'https://csp-probe.invalid/';

/**
 * Whether this worker is bound by the policy: tries to reach another origin and looks for the browser's own word that the
 * policy stopped it. A mere network error proves nothing. The store is not opened before this says yes.
 */
export async function isConfined(scope: EventTarget): Promise<boolean> {
	let stopped = false;
	const onViolation = (event: Event) => {
		const { effectiveDirective, disposition } = event as SecurityPolicyViolationEvent;
		stopped ||= effectiveDirective === 'connect-src' && disposition === 'enforce';
	};
	scope.addEventListener('securitypolicyviolation', onViolation);
	try {
		await fetch(nowhere, { mode: 'no-cors' });
		return false;
	} catch {
		// The event is dispatched by a task of its own, which may come after the rejection.
		for (let turn = 0; turn < 50 && !stopped; turn++) await nextTask();
		return stopped;
	} finally {
		scope.removeEventListener('securitypolicyviolation', onViolation);
	}
}

function nextTask(): Promise<void> {
	return new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = () => {
			port1.close();
			resolve();
		};
		port2.postMessage(null);
	});
}
