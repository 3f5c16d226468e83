import DOMPurify, { type Config } from 'dompurify';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { piecesOf } from '#ui/entry/pieces.ts';

/**
 * Markdown to nodes. Loaded when a first entry is opened. Raw HTML in a text is shown as the text that it is (micromark's
 * default), and whatever comes out passes DOMPurify: two independent reasons why a script in an entry is inert.
 */

const policy = window.trustedTypes?.createPolicy('mirror-html', {
	// Called by DOMPurify alone, on what it is about to parse and clean; this module does not give the policy away.
	createHTML: (html) => html,
	createScript: noScript,
	createScriptURL: noScript
});

function noScript(): never {
	throw new TypeError('an entry has no scripts');
}

const allowed: Config & { RETURN_DOM_FRAGMENT: true } = {
	USE_PROFILES: { html: true },
	FORBID_TAGS: ['style', 'form', 'iframe', 'video', 'audio', 'source', 'picture', 'svg', 'math'],
	FORBID_ATTR: ['style', 'srcset', 'background'],
	ALLOW_DATA_ATTR: false,
	RETURN_DOM_FRAGMENT: true,
	...(policy === undefined ? {} : { TRUSTED_TYPES_POLICY: policy })
};

/** The nodes of an entry, piece by piece. */
export async function* renderMarkdown(
	text: string,
	imageNote: (alt: string) => string
): AsyncGenerator<Node> {
	const parts = piecesOf(text);
	for (const [at, part] of parts.entries()) {
		if (at > 0) await new Promise((resolve) => setTimeout(resolve, 0));
		const html = micromark(part, {
			allowDangerousHtml: false,
			extensions: [gfm({ singleTilde: false })],
			htmlExtensions: [gfmHtml({ clobberPrefix: 'entry-' })]
		});
		const nodes = quieted(DOMPurify.sanitize(html, allowed), imageNote);
		yield parts.length === 1 ? nodes : apart(nodes);
	}
}

/** A piece of a long entry: what is far from the screen costs no layout (`.piece` in prose.css). */
function apart(nodes: DocumentFragment): Node {
	const element = document.createElement('div');
	element.className = 'piece';
	element.append(nodes);
	return element;
}

/**
 * Nothing is fetched because an entry was opened: images that would come from elsewhere are replaced by their words.
 * Links open apart from the mirror and do not say where one came from. Headings stand below the page's own, and boxes of a list have
 * the name of what they tick off.
 */
function quieted(fragment: DocumentFragment, imageNote: (alt: string) => string): DocumentFragment {
	for (const image of fragment.querySelectorAll('img')) {
		if (/^(data:image\/|blob:)/.test(image.getAttribute('src') ?? '')) continue;
		const note = document.createElement('span');
		note.className = 'left-out';
		note.textContent = imageNote(image.alt);
		image.replaceWith(note);
	}
	for (const link of fragment.querySelectorAll<HTMLAnchorElement>('a[href]')) {
		const target = link.getAttribute('href') ?? '';
		if (target.startsWith('#')) continue;
		// What is left of a link to something that could run.
		if (target === '') link.removeAttribute('href');
		link.target = '_blank';
		link.rel = 'noopener noreferrer nofollow';
	}
	for (const heading of fragment.querySelectorAll('h1, h2')) {
		const lower = document.createElement(heading.tagName === 'H1' ? 'h2' : 'h3');
		lower.append(...heading.childNodes);
		heading.replaceWith(lower);
	}
	for (const box of fragment.querySelectorAll('input')) {
		box.disabled = true;
		box.ariaLabel = box.closest('li')?.textContent.trim().slice(0, 200) ?? '';
	}
	return fragment;
}
